"""The command `mock`: its options, and serving until somebody asks to stop."""

from __future__ import annotations

import json
import logging
import os
import re
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from functools import partial
from ipaddress import ip_address
from math import ceil
from pathlib import Path
from socket import socket
from typing import TYPE_CHECKING, Any, TypeVar

import click

from conformance.commands.typed import named

if TYPE_CHECKING:
    from conformance.mock.calls import Called
    from conformance.mock.service import Service
    from conformance.mock.settings import Limit
    from conformance.mock.stopper import Stopper
    from conformance.mock.world import World

USUAL_PORT = 8080
HOST = "127.0.0.1"
START = datetime(2026, 1, 5, 10, tzinfo=UTC)
SPANS = {"second": 1, "minute": 60, "hour": 3600}
CODES = ("TooManyRequests", "RateLimitExceeded")
LIMIT = re.compile(rf"(?:([a-z0-9-]+)=)?([1-9][0-9]{{0,8}})/({'|'.join(SPANS)})")
LATENCY = re.compile(r"([0-9]{1,5}(?:\.[0-9]{1,6})?)(?:-([0-9]{1,5}(?:\.[0-9]{1,6})?))?")
F = TypeVar("F", bound=Callable[..., Any])
Given = Mapping[str, Any]


class WrongUse(Exception):
    """Something the command line asked for that cannot be, said in one line."""


def _latency(_: click.Context, __: click.Parameter, text: str) -> tuple[float, float]:
    found = LATENCY.fullmatch(text)
    if found is None:
        raise click.BadParameter("give seconds, 0.05, or a range of them, 0.02-0.2")
    least = float(found[1])
    most = float(found[2]) if found[2] else least
    if most < least:
        raise click.BadParameter("the range ends before it begins")
    return least, most


def _limits(_: click.Context, __: click.Parameter, texts: tuple[str, ...]) -> tuple[Limit, ...]:
    from conformance.contract import load
    from conformance.mock.settings import Limit
    from conformance.names import UnknownName, known

    limits = []
    for text in texts:
        found = LIMIT.fullmatch(text)
        if found is None:
            raise click.BadParameter(f"{text!r} is not like 500/minute or create-imodel=5/minute")
        try:
            known("operation", [found[1]] if found[1] else [], load().operations)
        except UnknownName as error:
            raise click.BadParameter(str(error)) from error
        limits.append(Limit(int(found[2]), SPANS[found[3]], found[1]))
    return tuple(limits)


OPTIONS = (
    click.option("--host", default=HOST, show_default=True, callback=named, help="Address to listen at."),
    click.option(
        "--port", type=click.IntRange(0, 65535), help=f"Default: {USUAL_PORT}, or a free one if it is taken."
    ),
    click.option(
        "--manage", type=click.IntRange(0, 65535), metavar="PORT", help="Offer its management at this port."
    ),
    click.option(
        "--world",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Start with what this YAML describes.",
    ),
    click.option(
        "--state", type=click.Path(path_type=Path), metavar="FILE", help="Keep everything in this file."
    ),
    click.option(
        "--clock",
        default="real",
        show_default=True,
        type=click.Choice(("real", "manual")),
        help="Time as it is, or only as the management advances it.",
    ),
    click.option(
        "--latency",
        default="0",
        callback=_latency,
        metavar="SECONDS",
        help="Let each answer take so long; MIN-MAX for a range.",
    ),
    click.option(
        "--rate-limit",
        "limits",
        multiple=True,
        callback=_limits,
        metavar="[OPERATION=]N/SPAN",
        help="Requests an application may make in a second, minute or hour; repeatable.",
    ),
    click.option(
        "--rate-limit-code",
        "limit_code",
        default=CODES[0],
        show_default=True,
        type=click.Choice(CODES),
        help="What a 429 is called.",
    ),
    click.option(
        "--log",
        default="lines",
        show_default=True,
        type=click.Choice(("lines", "json", "off")),
        help="How each request is told.",
    ),
    click.option("--seed", default=1, show_default=True, help="Where its ids start."),
)


def serving(command: F) -> F:
    """The options of a mock that serves."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def serve_mock(given: Given, bent: Mapping[str, tuple[str, ...]], stopper: Stopper) -> None:
    """Serve a mock until it is asked to stop; raises WrongUse for what cannot be."""
    with ExitStack() as stack:
        service, origins = _service(given, bent)
        stack.callback(service.close)
        at = stack.enter_context(_listening(given["host"], given["port"]))
        manage = None
        if given["manage"] is not None:
            manage = stack.enter_context(_listening(HOST, given["manage"]))
        _serve(given, service, at, manage, origins, stopper)


def _serve(
    given: Given, service: Service, at: socket, manage: socket | None, origins: list[str], stopper: Stopper
) -> None:
    from conformance.mock.app import App
    from conformance.mock.manage import Management
    from conformance.mock.server import address, serve

    url = address(at) + service.contract.base_path
    # What the server itself would say is told to the caller, or is no news.
    logging.getLogger("uvicorn").setLevel(logging.CRITICAL)
    apps: dict[socket, Any] = {at: App(service, _log(given["log"]))}
    lines = [f"iModels mock on {url}", *_about(service), *origins]
    if manage is not None:
        apps[manage] = Management(service, url)
        lines.append(f"manage:  {address(manage)}")
    if not _loopback(given["host"]):
        _warn(f"{given['host']} is not this machine alone: whoever reaches it can use the mock")
    told = "\n".join([*lines, "stop it with Ctrl-C"])
    serve(apps, stopper, lambda: click.echo(told), 1 + ceil(given["latency"][1]))


def _service(given: Given, bent: Mapping[str, tuple[str, ...]]) -> tuple[Service, list[str]]:
    from conformance.mock.clock import Clock
    from conformance.mock.service import Service
    from conformance.mock.settings import Settings
    from conformance.mock.statefile import StateError
    from conformance.mock.world import WorldError, populate, read_world

    settings = Settings(
        seed=given["seed"],
        latency_seconds=given["latency"],
        rate_limits=given["limits"],
        rate_limit_code=given["limit_code"],
    )
    try:
        world = read_world(given["world"]) if given["world"] else None
        clock = partial(Clock.manual, _start(world)) if given["clock"] == "manual" else Clock
        twists = {"faults": bent["faults"], "liberties": bent["liberties"], "drop": bent["drops"]}
        service = Service(settings, clock=clock, view=given["view"], **twists)
        if world is not None:
            populate(service, world)
        return service, [*_origins(given, service)]
    except (StateError, WorldError) as error:
        raise WrongUse(str(error)) from error


def _start(world: World | None) -> datetime:
    return world.clock if world is not None and world.clock is not None else START


def _origins(given: Given, service: Service) -> list[str]:
    said = [f"world:   {given['world']}"] if given["world"] else []
    if not given["state"]:
        return said
    if service.keep(given["state"]):
        return [f"state:   {given['state']}, goes on from there"]
    return [*said, f"state:   {given['state']}, begun"]


def _about(service: Service) -> list[str]:
    names = ("iTwins:", "")
    itwins = [f"{names[place > 0]:8} {id}" for place, id in enumerate(service.store.itwins)]
    return [*itwins, f"tokens:  {', '.join(service.store.tokens)}"]


def _listening(host: str, port: int | None) -> socket:
    from conformance.mock.server import listen

    try:
        try:
            return listen(host, USUAL_PORT if port is None else port)
        except OSError:
            if port is not None:
                raise
            return listen(host, 0)
    except (OSError, UnicodeError) as error:
        number = getattr(error, "errno", None) or 0
        reason = os.strerror(number) if number > 0 else getattr(error, "strerror", None) or error
        raise WrongUse(f"cannot listen at {host}:{USUAL_PORT if port is None else port}: {reason}") from error


def _loopback(host: str) -> bool:
    with suppress(ValueError):
        return ip_address(host).is_loopback
    return host == "localhost"


def _warn(text: str) -> None:
    click.echo(f"warning: {text}", err=True)


def _log(how: str) -> Callable[[Called], None] | None:
    if how == "off":
        return None

    def say(called: Called) -> None:
        # Whoever read the lines may have gone: the mock serves on.
        with suppress(OSError, ValueError):
            line = called.line() if how == "lines" else json.dumps(called.told())
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()

    return say
