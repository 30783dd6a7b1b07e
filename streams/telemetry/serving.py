"""Figures and health over HTTP, for monitoring and for whoever restarts a process that hangs.

Three pages: `/metrics`, `/healthz` and `/readyz`. Nothing can be changed by them and nothing in them tells of a case,
yet they are served to this machine only unless another address is set.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterable
from socketserver import ThreadingMixIn
from threading import Thread
from typing import Any, Final
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from prometheus_client import CollectorRegistry, make_wsgi_app

from streams.errors import WrongInput
from streams.telemetry.health import Answer, Health

_Start = Callable[..., Any]
_JSON: Final = (("Content-Type", "application/json"), ("Cache-Control", "no-store"))


class Pages:
    """The pages, served from a thread of their own until they are closed."""

    def __init__(self, address: str, port: int, registry: CollectorRegistry, health: Health) -> None:
        """Port 0 is any free one. WrongInput where nothing can be served there."""
        try:
            self._server = _server(address, port, _pages(registry, health))
        except (OSError, OverflowError) as error:
            reason = error.strerror if isinstance(error, OSError) else None
            raise WrongInput(
                f"metrics can't be served at {address}:{port}: {reason or 'no such port'};"
                " set metrics_port and metrics_address, see docs/settings.md"
            ) from None
        self.port = int(self._server.server_port)
        Thread(target=self._server.serve_forever, name="pages", daemon=True).start()

    def close(self) -> None:
        """Serve no more."""
        self._server.shutdown()
        self._server.server_close()


def _pages(registry: CollectorRegistry, health: Health) -> Callable[[dict[str, Any], _Start], Iterable[bytes]]:
    metrics = make_wsgi_app(registry)

    def page(environ: dict[str, Any], start: _Start) -> Iterable[bytes]:
        path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
        if path == "/metrics":
            answer: Iterable[bytes] = metrics(environ, start)
            return answer
        if method not in ("GET", "HEAD"):
            return _answered(start, "405 Method Not Allowed", {"why": "only GET"})
        if path == "/healthz":
            return _told(start, health.lives())
        if path == "/readyz":
            return _told(start, health.ready())
        return _answered(start, "404 Not Found", {"why": "there are /metrics, /healthz and /readyz"})

    return page


def _told(start: _Start, answer: Answer) -> Iterable[bytes]:
    return _answered(start, "200 OK" if answer.good else "503 Service Unavailable", answer.told)


def _answered(start: _Start, status: str, told: dict[str, Any]) -> Iterable[bytes]:
    start(status, list(_JSON))  # what it is given it adds to
    return [json.dumps(told).encode() + b"\n"]


class _Silent(WSGIRequestHandler):
    timeout = 10
    """Seconds; whoever connects and says nothing is not waited for."""

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: a line for each look would bury the others."""


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Server6(_Server):
    address_family = socket.AF_INET6


def _server(address: str, port: int, page: Any) -> _Server:
    server = (_Server6 if ":" in address else _Server)((address, port), _Silent)
    server.set_app(page)
    return server
