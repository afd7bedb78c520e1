"""Why there was no answer at all: name, proxy, TLS, refusal or silence, told apart."""

from __future__ import annotations

import socket
import ssl
from urllib.parse import urlsplit

_VPN = "Check the network or the VPN, then try again."


def explain(error: BaseException, host: str) -> tuple[str, str]:
    """What happened and what to do, for an error that requests or a socket raised."""
    import requests

    name = urlsplit(host).hostname or host
    links = chain(error)
    kinds = {type(each).__name__ for each in links}
    if "NameResolutionError" in kinds or any(isinstance(e, socket.gaierror) for e in links):
        return (
            f"The name {name} cannot be found.",
            f"Check the address in the profile, and that this network knows it. {_VPN}",
        )
    if any(isinstance(e, requests.exceptions.ProxyError) for e in links) or "ProxyError" in kinds:
        return (
            f"The proxy did not let the connection to {name} through.",
            "Check HTTPS_PROXY and NO_PROXY, or ask the network's owner to allow the host.",
        )
    if any(isinstance(e, ssl.SSLError | requests.exceptions.SSLError) for e in links):
        return (
            f"The certificate of {name} could not be verified.",
            "Behind an inspecting proxy, set REQUESTS_CA_BUNDLE to the file with its certificate.",
        )
    if any(isinstance(e, TimeoutError | requests.exceptions.Timeout) for e in links):
        return f"{name} did not answer in time.", _VPN
    if any(isinstance(e, ConnectionRefusedError) for e in links):
        return f"{name} refused the connection.", f"Check the address in the profile. {_VPN}"
    if any(isinstance(e, requests.exceptions.JSONDecodeError) for e in links):
        return (
            f"{name} answered with something that is not JSON: a sign-in or error page.",
            "Check that the address is a workspace's, and that no proxy stands in between.",
        )
    return f"The connection to {name} broke.", _VPN


def chain(error: BaseException) -> list[BaseException]:
    """The error, what caused it, and what requests and urllib3 wrapped into arguments."""
    found: list[BaseException] = []
    todo: list[BaseException] = [error]
    while todo:
        each = todo.pop()
        if each in found:
            continue
        found.append(each)
        linked = [each.__cause__, each.__context__, getattr(each, "reason", None), *each.args]
        todo += [link for link in linked if isinstance(link, BaseException)]
    return found
