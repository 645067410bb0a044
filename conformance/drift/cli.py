"""The command group `drift`: what moved, the document, the service, or neither."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from conformance.drift.rows import DriftError, row_of
from conformance.drift.telling import (
    DRIFT,
    FILE,
    NOTHING,
    WrongFile,
    held_against,
    reporting,
    tell,
    write,
)


@click.group()
def drift() -> None:
    """Tell what moved: the document, the service, or neither.

    \b
    Exit codes: 0 nothing at the level of --fail-on, 1 drift, 2 wrong use,
    3 nothing could be compared.
    """


@drift.command()
@click.argument("old", type=FILE)
@click.argument("new", type=FILE)
@click.option(
    "--overlay", "overlays", multiple=True, type=FILE, metavar="FILE", help="Overlay for NEW; repeatable."
)
@reporting
def spec(old: Path, new: Path, overlays: tuple[Path, ...], **given: Any) -> int:
    """Compare two OpenAPI documents, 3.0 or 3.1: what NEW changes for those who call by OLD."""
    from conformance.drift.documents import differences, read_pair

    before, after = read_pair(old, new, overlays)
    return tell([row_of(one) for one in differences(before, after)], given, new)


@drift.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def rules(as_json: bool) -> int:
    """List the rules: name, direction, level, reason."""
    import json
    from dataclasses import asdict

    from conformance.drift.rules import RULES

    if as_json:
        click.echo(json.dumps([asdict(rule) for rule in RULES.values()], indent=1))
    else:
        width = max(map(len, RULES))
        for rule in RULES.values():
            click.echo(f"{rule.name:{width}}  {rule.direction:9}  {rule.level:8}  {rule.why}")
    return 0


@drift.command()
@click.argument("run", type=FILE)
@held_against
@reporting
def observe(run: Path, **given: Any) -> int:
    """Hold what a run recorded against a document. RUN: its folder of reports, or exchanges.jsonl.gz."""
    from conformance.drift.traffic import traffic

    return _observed(traffic(run), given)


@drift.command()
@click.argument("file", type=FILE)
@held_against
@reporting
def har(file: Path, **given: Any) -> int:
    """Hold traffic in an HTTP archive (HAR), as browsers and proxies write it, against a document."""
    from conformance.drift.traffic import archived

    return _observed(archived(file), given)


@drift.command()
@click.option("--target", required=True, metavar="URL", help="The service, such as https://host/imodels.")
@click.option(
    "--port", default=0, type=click.IntRange(0, 65535), help="Where to listen; default: a free one."
)
@click.option(
    "--record",
    "folder",
    default="reports/traffic",
    show_default=True,
    type=FILE,
    metavar="DIR",
    help="Where the recording goes.",
)
@held_against
@reporting
def proxy(target: str, port: int, folder: Path, **given: Any) -> int:
    """Record what a client does with a service through this proxy; Ctrl-C ends it and tells the drift."""
    from conformance.drift.proxy import record
    from conformance.drift.traffic import traffic

    record(target, port, folder)
    if given["base"] is None:
        given["base"] = urlsplit(target).path
    return _observed(traffic(folder), given)


@drift.command()
@click.argument("run", type=FILE)
@click.option(
    "--contract", type=FILE, metavar="FILE", help="The document; default: the suite's own contract."
)
@click.option("--base", metavar="PATH", help="Path of the service; default: as the document's server has it.")
@click.option(
    "--output", type=FILE, metavar="FILE", help="Write the overlay there instead of to the console."
)
@click.option("--patch", type=FILE, metavar="FILE", help="Write the document with the overlay applied, too.")
def overlay(
    run: Path, contract: Path | None, base: str | None, output: Path | None, patch: Path | None
) -> int:
    """Write an OpenAPI Overlay that brings a document up to what a run or an archive shows.

    \b
    Exit codes: 0 applied and looked at again, no drift is left, or there was none and nothing is written;
    1 some is left; 2 wrong use; 3 nothing could be compared.
    """
    import yaml

    from conformance.contract import own_document
    from conformance.document import document as read
    from conformance.drift.repair import repaired

    path = contract or own_document()
    done = repaired(read(path), _read(run), base, f"{path.name} as it was seen")
    if not done.looked:
        return _nothing(base or "")
    if done.overlay["actions"]:
        write(output, yaml.safe_dump(done.overlay, sort_keys=False, allow_unicode=True).rstrip())
    elif not done.left:
        click.echo("no drift: nothing to repair", err=True)
    if patch:
        write(patch, yaml.safe_dump(done.document, sort_keys=False, allow_unicode=True).rstrip())
    for rule, operation, place, what in done.left:
        click.echo(f"left: {operation}  {rule}  {place}  {what}".rstrip(), err=True)
    return DRIFT if done.left else 0


def _observed(recorded: Any, given: dict[str, Any]) -> int:
    from conformance.contract import own_document
    from conformance.document import given as read
    from conformance.drift.observe import Observer, rows

    path = given["contract"] or own_document()
    document = read(path, given["overlays"], {})
    observer = Observer(document, given["base"])
    try:
        observer.take(recorded)
    except DriftError as error:
        raise WrongFile(str(error)) from error
    if not observer.seen.exchanges:
        click.echo(
            f"nothing could be compared: no exchange below {observer.base or '/'}; see --base", err=True
        )
        return NOTHING
    return tell(rows(observer, unseen=not given["no_unseen"]), given, path)


@drift.command()
@click.argument("before", type=FILE)
@click.argument("after", type=FILE)
@click.option("--base", metavar="PATH", help="Path of the service; default: as the contract's server has it.")
@reporting
def runs(before: Path, after: Path, base: str | None, **given: Any) -> int:
    """Compare what two runs recorded: yesterday and today, staging and production."""
    from conformance.contract import load
    from conformance.drift.runs import compared, profile, verdicts

    one, other = (profile(_read(path), load(), base) for path in (before, after))
    if not one.exchanges or not other.exchanges:
        return _nothing(load().base_path if base is None else base)
    try:
        flipped = list(verdicts(before, after))
    except DriftError as error:
        raise WrongFile(str(error)) from error
    return tell([*compared(one, other), *flipped], given, after)


@drift.command()
@click.argument("old", type=FILE)
@click.argument("new", type=FILE)
@click.argument("run", type=FILE)
@click.option("--before", type=FILE, metavar="RUN", help="What the service did when OLD was new.")
@click.option("--base", metavar="PATH", help="Path of the service; default: as the document's server has it.")
@reporting
def moved(old: Path, new: Path, run: Path, before: Path | None, base: str | None, **given: Any) -> int:
    """Tell who moved: the document from OLD to NEW, the service, both, or neither."""
    from conformance.drift.documents import read_pair
    from conformance.drift.moved import moved as judge

    first, second = read_pair(old, new)
    now = _read(run)
    if not now:
        return _nothing(base or "")
    return tell(judge(first, second, now, _read(before) if before else (), base), given, new)


def _read(path: Path) -> list[Any]:
    from conformance.drift.traffic import traffic

    try:
        return list(traffic(path))
    except DriftError as error:
        raise WrongFile(str(error)) from error


def _nothing(base: str) -> int:
    click.echo(f"nothing could be compared: no exchange below {base or '/'}; see --base", err=True)
    return NOTHING


@drift.command()
@click.argument("file", type=FILE)
@click.option(
    "--contract", type=FILE, metavar="FILE", help="The document; default: the suite's own contract."
)
@reporting
def artefact(file: Path, contract: Path | None, **given: Any) -> int:
    """Check the calls in an Arazzo document, a Postman collection or a capability file against the API."""
    from conformance.contract import load
    from conformance.drift.artefact import checked, read_calls

    try:
        found = read_calls(file)
    except DriftError as error:
        raise WrongFile(str(error)) from error
    if not found:
        click.echo(f"nothing could be compared: no call in {file}", err=True)
        return NOTHING
    return tell(list(checked(found, load(contract))), given, file)
