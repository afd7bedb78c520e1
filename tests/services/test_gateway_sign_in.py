"""Signing in: what stands in the way, told apart; nothing goes where it was not meant to."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from services.workspace.errors import SignInFailed, Unreachable
from services.workspace.gateway import Workspace
from services.workspace.profiles import SignIn, choose_sign_in
from tests.sandbox.running import ROOT, RunningSandbox, environment
from tests.services.listener import listening
from tests.services.programs import program
from tests.services.trouble import fault, sign_in_to, sign_in_with, trouble

SECRET = "s3cret-of-somebody"


def profile(tmp_path: Path, host: str, *lines: str) -> SignIn:
    file = tmp_path / "databrickscfg"
    file.write_text("\n".join(["[DEFAULT]", f"host = {host}", *lines, ""]))
    return choose_sign_in(None, {"DATABRICKS_CONFIG_FILE": str(file), "PATH": ""})


@pytest.mark.parametrize("name", [None, "pat"])
async def test_stray_variables_reach_nobody(
    workspace_server: RunningSandbox, monkeypatch: pytest.MonkeyPatch, name: str | None
) -> None:
    with listening() as stranger:
        stray = {
            "DATABRICKS_HOST": stranger.url,
            "DATABRICKS_TOKEN": "dapi" + "f" * 32,
            "DATABRICKS_CLIENT_ID": "stray",
            "DATABRICKS_CLIENT_SECRET": "stray-secret",
            "DATABRICKS_CONFIG_PROFILE": "nobody",
            "DATABRICKS_ACCOUNT_ID": "stray",
            "DATABRICKS_AUTH_TYPE": "basic",
            "DATABRICKS_METADATA_SERVICE_URL": stranger.url,
            "DATABRICKS_DISCOVERY_URL": f"{stranger.url}/discovery",
            "ARM_CLIENT_SECRET": "stray",
            "HTTP_PROXY": stranger.url,
            "http_proxy": stranger.url,
        }
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        for variable, value in stray.items():
            monkeypatch.setenv(variable, value)
        connected = await Workspace.connect(sign_in_to(workspace_server, name))
        user = await connected.current_user()
        await connected.bearer()
        await connected.close()
    assert user.user_name == "you@sandbox.local"
    assert stranger.requests == []


async def test_a_blip_while_connecting_is_tried_again(workspace_server: RunningSandbox) -> None:
    blips = [
        fault("GET /.well-known/databricks-config", times=1, drop="before"),
        fault("GET /oidc/*", times=1, status=503),
        fault("POST /oidc/*", times=1, status=500),
    ]
    with trouble(workspace_server, *blips):
        connected = await Workspace.connect(sign_in_to(workspace_server))
        assert (await connected.current_user()).user_name
        await connected.close()


async def test_wrong_client_credentials(workspace_server: RunningSandbox, tmp_path: Path) -> None:
    wrong = profile(
        tmp_path, workspace_server.host, "client_id = nobody", f"client_secret = {SECRET}"
    )
    with pytest.raises(SignInFailed) as told:
        connected = await Workspace.connect(wrong)
        await connected.current_user()
    assert "[DEFAULT]" in told.value.advice
    assert SECRET not in str(told.value)


async def test_nobody_listens(unused_tcp_port: int) -> None:
    with pytest.raises(Unreachable, match="refused the connection") as told:
        await Workspace.connect(sign_in_with(f"http://127.0.0.1:{unused_tcp_port}", SECRET))
    assert "VPN" in told.value.advice


async def test_a_name_that_does_not_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(variable, raising=False)
    with pytest.raises(Unreachable, match="cannot be found"):
        await Workspace.connect(sign_in_with("https://workspace.invalid", SECRET))


async def test_a_proxy_that_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    with listening() as proxy:
        proxy.status = 403
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        monkeypatch.setenv("https_proxy", proxy.url)
        with pytest.raises(Unreachable, match="proxy did not let") as told:
            await Workspace.connect(sign_in_with("https://workspace.invalid", SECRET))
    assert "HTTPS_PROXY" in told.value.advice


async def test_a_certificate_that_is_none() -> None:
    with listening() as plain:
        https = plain.url.replace("http://", "https://")
        with pytest.raises(Unreachable, match="certificate"):
            await Workspace.connect(sign_in_with(https, SECRET))


async def test_a_page_instead_of_an_answer() -> None:
    with listening() as page:
        page.body, page.content_type = b"<html>Please sign in</html>", "text/html"
        connected = await Workspace.connect(sign_in_with(page.url, SECRET))
        with pytest.raises(Unreachable, match="not JSON"):
            await connected.call(
                "current_user.me", lambda client: client.current_user.me(), retry=False
            )
        await connected.close()


async def test_a_login_of_the_cli_that_expired(
    workspace_server: RunningSandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(
        tmp_path / "bin",
        "databricks",
        'case "$1" in version) echo \'{"Major":1,"Minor":13,"Patch":0}\';; '
        '*) echo "Error: A new access token could not be retrieved because the refresh token is '
        'invalid." >&2; exit 1;; esac',
    )
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    signed = profile(tmp_path, workspace_server.host)
    assert signed.needs_cli
    with pytest.raises(SignInFailed, match="refresh token is invalid") as told:
        connected = await Workspace.connect(signed)
        await connected.current_user()
    assert told.value.advice.startswith("Run: databricks auth login --host")


async def test_a_cli_that_is_not_there(
    workspace_server: RunningSandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SignInFailed) as told:
        connected = await Workspace.connect(profile(tmp_path, workspace_server.host))
        await connected.current_user()
    assert "databricks" in told.value.advice


SPEAK = """
import asyncio, logging, sys
from services.workspace.gateway import Workspace
from services.workspace.profiles import choose_sign_in
from services.errors import SetupError

async def main():
    for host in sys.argv[1:]:
        sign_in = choose_sign_in(None, {"DATABRICKS_HOST": host, "DATABRICKS_TOKEN": "x" * 20})
        try:
            connected = await Workspace.connect(sign_in)
            await connected.current_user()
        except SetupError as error:
            print(type(error).__name__)
    logging.debug("a library that logs to the root")

asyncio.run(main())
"""


def test_nothing_is_written_to_the_terminal(
    workspace_server: RunningSandbox, unused_tcp_port: int
) -> None:
    hosts = [workspace_server.host, f"http://127.0.0.1:{unused_tcp_port}"]
    ended = subprocess.run(
        [sys.executable, "-c", SPEAK, *hosts],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert ended.stdout.split() == ["SignInFailed", "Unreachable"]
    assert ended.stderr == ""
