"""A mock behind a port: in a thread for tests, in the foreground for the command line."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from time import sleep
from types import TracebackType
from typing import Any, TypeVar

import uvicorn

from conformance.mock.app import App
from conformance.mock.calls import Called
from conformance.mock.clock import Clock
from conformance.mock.published import API
from conformance.mock.service import Service
from conformance.mock.settings import Settings
from conformance.mock.snapshots import Snapshot
from conformance.mock.stopper import Stopper
from conformance.mock.world import populate, read_world

T = TypeVar("T")


class Server(uvicorn.Server):
    """A server that leaves signals to whoever started it."""

    def __init__(self, app: Any, patience: int = 1) -> None:
        super().__init__(_config(app, patience))
        self.loop: asyncio.AbstractEventLoop | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen, and remember where."""
        self.loop = asyncio.get_running_loop()
        await super().startup(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Nothing to do."""
        yield


def _config(app: Any, patience: int) -> uvicorn.Config:
    http: Any = "h11"
    if find_spec("httptools"):
        from conformance.mock.protocol import Protocol as http
    return uvicorn.Config(
        app,
        http=http,
        loop="uvloop" if find_spec("uvloop") else "asyncio",
        ws="none",
        lifespan="off",
        interface="asgi3",
        server_header=False,
        timeout_graceful_shutdown=patience,
        log_config=None,
        access_log=False,
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
        world: Path | str | None = None,
    ) -> None:
        self.service = Service(
            settings, faults=faults, liberties=liberties, drop=drop, clock=clock, view=view
        )
        if world is not None:
            populate(self.service, read_world(Path(world)))
        self._server = Server(App(self.service))
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
        self._socket = listen("127.0.0.1", 0)
        self._origin = address(self._socket)
        self._thread.start()
        while not self._server.started and self._thread.is_alive():
            sleep(0.001)
        return self

    def stop(self) -> None:
        """Stop listening and wait for the end."""
        self._server.should_exit = True
        self._thread.join(5)
        self.service.close()

    def reset(self) -> None:
        """Back to how it was started: memory, faults and liberties."""
        self._inside(self.service.restart)

    def snapshot(self) -> Snapshot:
        """The memory of this moment."""
        return self._inside(self.service.snapshot)

    def restore(self, snapshot: Snapshot) -> None:
        """Back to the memory of a moment."""
        self._inside(lambda: self.service.restore(snapshot))

    def advance(self, seconds: float) -> None:
        """Let time pass at once."""
        self._inside(lambda: self.service.advance(seconds))

    def twist(self, **names: Iterable[str]) -> None:
        """Go on with these `faults` and `liberties` and without the rules in `drop`, and no others."""
        self._inside(lambda: self.service.twist(**names))

    def calls(self) -> list[Called]:
        """The last requests it was asked, the oldest first."""
        return self._inside(lambda: list(self.service.calls))

    def _inside(self, act: Callable[[], T]) -> T:
        """Do something between two requests, in the thread that answers them."""
        if self._server.loop is None or not self._thread.is_alive():
            return act()

        async def acting() -> T:
            return act()

        return asyncio.run_coroutine_threadsafe(acting(), self._server.loop).result()

    def _run(self) -> None:
        with self._socket:
            self._server.run(sockets=[self._socket])

    def __enter__(self) -> MockServer:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def listen(host: str, port: int) -> socket.socket:
    """A socket at an address; raises OSError where there can be none."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=256)


def address(listener: socket.socket) -> str:
    """Scheme, host and port of a socket."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def serve(
    apps: dict[socket.socket, Any], stopper: Stopper, ready: Callable[[], None], patience: int = 1
) -> None:
    """Serve each application at its socket until the stopper is asked; `ready` runs once all answer.

    Answers under way then have some seconds to leave.
    """
    servers = {listener: Server(app, patience) for listener, app in apps.items()}
    stopper.stops(servers.values())

    async def all_of_them() -> None:
        tasks = [asyncio.ensure_future(server.serve([at])) for at, server in servers.items()]
        while not all(server.started for server in servers.values()) and not any(t.done() for t in tasks):
            await asyncio.sleep(0.001)
        if not stopper.asked:
            ready()
        await asyncio.gather(*tasks)

    factory = next(iter(servers.values())).config.get_loop_factory()
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(all_of_them())
