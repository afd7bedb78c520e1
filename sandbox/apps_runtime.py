"""All apps of the sandbox: each with its address, its compute and its process."""

from __future__ import annotations

import asyncio
import logging

from sandbox import apps_resources, workspace_access
from sandbox.apps_instance import DELETE_SECONDS, AppInstance
from sandbox.apps_proxy import AppProxy
from sandbox.apps_records import App, AppRecords, Deployment
from sandbox.apps_seeding import seed_apps
from sandbox.context import Sandbox
from sandbox.listener import Listener, bind, port_of

REVIVE_SECONDS = 60.0
"""How long a starting sandbox waits for its apps; slower ones go on starting behind it."""

_log = logging.getLogger("sandbox.apps")


class AppsRuntime:
    """Makes, runs and removes apps. Who may ask for it is for sandbox/api/apps.py to decide."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self.records = AppRecords(sandbox.store)
        self._instances: dict[str, AppInstance] = {}
        self._addresses: dict[str, tuple[Listener, AppProxy]] = {}
        seed_apps(sandbox, self.records)

    async def start(self) -> None:
        """Open the addresses of all apps and revive what ran or was under way."""
        for app in self.records.all():
            if app.port is not None:
                await self._listen(app)
        waiting = [self._revive(app) for app in self.records.all()]
        under_way = [asyncio.create_task(one) for one in waiting]
        if under_way:
            _, late = await asyncio.wait(under_way, timeout=REVIVE_SECONDS)
            if late:
                _log.warning("%s apps are still starting", len(late))

    async def stop(self) -> None:
        """End every app's process group and close the addresses. The records stay as they are."""
        instances = list(self._instances.values())
        await asyncio.gather(*(instance.halt() for instance in instances))
        await asyncio.gather(
            *(instance.end_process() for instance in instances),
            *(_close(*address) for address in self._addresses.values()),
        )

    def instance(self, name: str) -> AppInstance:
        if name not in self._instances:
            self._instances[name] = AppInstance(self._sandbox, self.records, name)
        return self._instances[name]

    async def create(self, app: App, *, compute: bool) -> App:
        """Give a new app its address and start its compute."""
        self.records.save(app)
        await self._listen(app)
        return await self.start_app(app.name) if compute else self.instance(app.name).record

    async def start_app(self, name: str) -> App:
        instance = self.instance(name)
        if instance.record.port is None:
            await self._listen(instance.record)
        app = instance.change(compute="STARTING", compute_message="App compute is starting.")
        await instance.begin(instance.start_compute(), "start of compute")
        return app

    async def stop_app(self, name: str) -> App:
        instance = self.instance(name)
        await instance.halt()
        instance.cancel_pending()
        app = instance.change(
            compute="STOPPING",
            compute_message="App compute is stopping.",
            status="UNAVAILABLE",
            status_message="App compute is stopped.",
        )
        await instance.begin(instance.stop_compute(), "stop of compute")
        return app

    async def deploy(self, deployment: Deployment) -> Deployment:
        """Start a deployment of an app whose compute is active and that has none under way."""
        instance = self.instance(deployment.app)
        self.records.save_deployment(deployment)
        instance.change(pending=deployment.id)
        await instance.begin(instance.deploy(deployment), "deployment")
        return deployment

    async def delete(self, name: str) -> App:
        """The app's process ends at once; its name is free some seconds later."""
        instance = self.instance(name)
        await instance.halt()
        instance.cancel_pending()
        app = instance.change(compute="DELETING", compute_message="App is being deleted.")
        await instance.begin(self._delete(instance), "deletion")
        return app

    async def _delete(self, instance: AppInstance) -> None:
        await instance.end_process()
        await asyncio.sleep(DELETE_SECONDS)
        app = instance.record
        address = self._addresses.pop(app.name, None)
        if address is not None:
            await _close(*address)
        await asyncio.to_thread(instance.remove_files)
        apps_resources.apply(self._sandbox, app.client_id, app.resources, [])
        self._sandbox.principals.delete_service_principal(app.client_id)
        workspace_access.drop_home(self._sandbox, app.client_id)
        self._sandbox.acls.drop("apps", app.name)
        self.records.forget(app.name)
        self._instances.pop(app.name, None)

    async def _revive(self, app: App) -> None:
        instance = self.instance(app.name)
        if app.compute == "DELETING":
            await instance.begin(self._delete(instance), "deletion")
            return
        if app.compute == "STOPPING":
            await instance.begin(instance.stop_compute(), "stop of compute")
        elif app.compute == "STARTING":
            await instance.begin(instance.start_compute(), "start of compute")
        elif app.compute == "ACTIVE":
            await instance.begin(instance.run_active(), "revival")
        await instance.settled()
        pending = self.records.deployment(app.name, app.pending)
        if pending is not None:
            # It goes on behind the start: a build may take minutes.
            await instance.begin(instance.deploy(pending), "deployment")

    async def _listen(self, app: App) -> None:
        """Open the app's address: the one it had, or any where that one is taken."""
        try:
            sock = bind(app.port or 0)
        except OSError as error:
            _log.warning("port %s of app %s is taken: %s", app.port, app.name, error)
            sock = bind(0)
        instance = self.instance(app.name)
        instance.change(port=port_of(sock))
        proxy = AppProxy(self._sandbox, instance)
        listener = Listener(proxy, sock)
        await listener.start()
        self._addresses[app.name] = (listener, proxy)


async def _close(listener: Listener, proxy: AppProxy) -> None:
    await listener.stop()
    await proxy.close()
