"""A mock behind a port: in a thread for tests, in the foreground for the command line."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable
from importlib.util import find_spec
from time import sleep
from types import TracebackType
from typing import Any

import uvicorn

from conformance.mock.app import App
from conformance.mock.clock import Clock
from conformance.mock.published import API
from conformance.mock.service import Service
from conformance.mock.settings import Settings


def _config(app: Any, **extra: Any) -> uvicorn.Config:
    http = "httptools" if find_spec("httptools") else "h11"
    loop = "uvloop" if find_spec("uvloop") else "asyncio"
    return uvicorn.Config(
        app,
        http=http,
        loop=loop,
        ws="none",
        lifespan="off",
        interface="asgi3",
        server_header=False,
        timeout_graceful_shutdown=1,
        log_config=None,
        access_log=False,
        **extra,
    )


class MockServer:
    """A mock on a free port of this machine, as a context manager."""

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        faults: Iterable[str] = (),
        liberties: Iterable[str] = (),
        drop: Iterable[str] = (),
        clock: Callable[[], Clock] = Clock,
        view: str = API,
    ) -> None:
        self.service = Service(
            settings, faults=faults, liberties=liberties, drop=drop, clock=clock, view=view
        )
        self._server = uvicorn.Server(_config(App(self.service)))
        self._socket = socket.socket()
        self._origin = ""
        self._thread = threading.Thread(target=self._run, name="imodels-mock", daemon=True)

    @property
    def origin(self) -> str:
        """Scheme, host and port, once it is started."""
        return self._origin

    @property
    def url(self) -> str:
        """The base URL of the API."""
        return self.origin + self.service.contract.base_path

    def start(self) -> MockServer:
        """Begin to listen."""
        self._socket.bind(("127.0.0.1", 0))
        self._socket.listen(256)
        self._origin = "http://{}:{}".format(*self._socket.getsockname())
        self._thread.start()
        while not self._server.started and self._thread.is_alive():
            sleep(0.001)
        return self

    def stop(self) -> None:
        """Stop listening and wait for the end."""
        self._server.should_exit = True
        self._thread.join(5)
        self._socket.close()

    def _run(self) -> None:
        self._server.run(sockets=[self._socket])

    def __enter__(self) -> MockServer:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def serve(
    host: str = "127.0.0.1",
    port: int = 8080,
    faults: Iterable[str] = (),
    liberties: Iterable[str] = (),
    drop: Iterable[str] = (),
    seed: int = 1,
    log: Callable[[str], None] = print,
    view: str = API,
) -> None:
    """Serve a mock until it is told to stop by a signal."""
    service = Service(Settings(seed=seed), faults=faults, liberties=liberties, drop=drop, view=view)
    listener = socket.create_server((host, port), reuse_port=False)
    bound = listener.getsockname()[1]
    log(f"iModels mock on http://{host}:{bound}{service.contract.base_path}")
    uvicorn.Server(_config(_Logged(App(service), log))).run(sockets=[listener])


class _Logged:
    """An application that says each request and its status in one line."""

    def __init__(self, app: App, log: Callable[[str], None]) -> None:
        self._app = app
        self._log = log

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def noting(message: Any) -> None:
            if message["type"] == "http.response.start":
                self._log(f"{message['status']} {scope['method']} {scope['path']}")
            await send(message)

        await self._app(scope, receive, noting)
