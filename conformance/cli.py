"""The command line: what each command takes, and the exit code that follows."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import click

from conformance.commands.aim import aimed, aiming, pacing, spending
from conformance.commands.choose import choosing, chosen
from conformance.commands.lazily import Lazily
from conformance.commands.resume import again, checked, resumed_alone
from conformance.commands.tell import alone, telling
from conformance.commands.typed import Finite, named
from conformance.contract import ContractError
from conformance.credentials import NoToken
from conformance.exchange import Unlisted, Unreachable
from conformance.kept import BookError, ReportsError
from conformance.names import UnknownName, known
from conformance.requirements import RegisterError
from conformance.runner.options import API, MOCK, MOST_WORKERS, VIEWS, Blind, Options, asserting
from conformance.serving import WrongUse, serve_mock, serving
from conformance.target import TargetError
from conformance.visible import visible
from conformance.waivers import WaiverError
from conformance.workflows.expressions import WorkflowError

NAME = "imodels-conformance"
USAGE, INCONCLUSIVE = 2, 3
WRONG_USE = (
    Blind,
    UnknownName,
    ContractError,
    RegisterError,
    ReportsError,
    TargetError,
    BookError,
    WaiverError,
    WrongUse,
    WorkflowError,
)
OUTSIDE = {Unlisted: "", NoToken: "token refused: ", Unreachable: "target down: "}
"""What is in the way outside of the suite, in words that stand before the reason."""
F = TypeVar("F", bound=Callable[..., Any])


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code; every failure is one line on stderr."""
    try:
        return int(cli.main(arguments, prog_name=NAME, standalone_mode=False) or 0)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (KeyboardInterrupt, click.Abort):
        return complain("interrupted", INCONCLUSIVE)
    except Exception as error:
        return complain(*_ending(error))


def _ending(error: Exception) -> tuple[str, int]:
    """What is said of an error that ends a command, and its exit code."""
    if isinstance(error, click.ClickException):
        return error.format_message(), error.exit_code
    if isinstance(error, WRONG_USE):
        return str(error), USAGE
    if isinstance(error, RecursionError):
        return "a file that was read is nested too deeply", USAGE
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        return f"cannot go on: {where}{error.strerror or error}", INCONCLUSIVE
    known_as = next((words for kind, words in OUTSIDE.items() if isinstance(error, kind)), None)
    told = f"internal error: {type(error).__name__}: {error}" if known_as is None else f"{known_as}{error}"
    return told, INCONCLUSIVE


def complain(text: str, code: int) -> int:
    """Say one line on stderr and return the exit code."""
    with suppress(OSError):
        click.echo(f"{NAME}: {visible(' '.join(text.split()))}", err=True)
    return code


def _version(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        from conformance.version import suite_version

        click.echo(f"{NAME}, version {suite_version()}")
        context.exit()


@click.group(cls=Lazily, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Tell it."
)
def cli() -> None:
    """Tell whether a service really is the iTwin iModels API v2."""


def bending(command: F) -> F:
    """The options that bend the mock."""
    for option in (
        click.option("--drop", "drops", multiple=True, metavar="RULE", help="Let the mock drop a rule."),
        click.option("--liberty", "liberties", multiple=True, metavar="NAME", help="Let it take a liberty."),
        click.option("--fault", "faults", multiple=True, metavar="NAME", help="Let it make a mistake."),
    ):
        command = option(command)
    return command


def viewing(command: F) -> F:
    """The option that says which description of the API the mock follows."""
    return click.option(
        "--view",
        default=API,
        show_default=True,
        type=click.Choice(VIEWS),
        help="What the mock is like: the API as it is, or as its published document describes it.",
    )(command)


@cli.command()
@aiming
@viewing
@choosing
@click.option(
    "--minutes", default=0.0, type=Finite(min=0), metavar="N", help="How long to soak; default: 60."
)
@click.option("--cross-section", is_flag=True, help="Besides a selection, the tests of the profile smoke.")
@telling
@bending
@click.option(
    "--reports",
    default="",
    callback=named,
    metavar="DIR",
    help="Where the reports go; default: a folder for each run.",
)
@pacing
@spending
@click.option(
    "--dedicated", is_flag=True, help="Nobody else uses IMODELS_TOKEN: its recents may be pushed out."
)
@click.option(
    "-n",
    "--workers",
    default=1,
    type=click.IntRange(1, MOST_WORKERS),
    metavar="N",
    help="By N processes at the same time.",
)
@click.option("--shard", default="", metavar="K/N", help="Only the Kth of N parts; `merge` joins them.")
@click.option(
    "--resume",
    "resumed",
    default="",
    callback=named,
    metavar="DIR",
    help="Go on with the run in DIR, as it was asked for.",
)
@click.option(
    "--failed",
    default="",
    callback=named,
    metavar="DIR",
    help="Only what the run in DIR left open or broken.",
)
@click.option("--read-only", is_flag=True, help="Only GETs, on iModels that the target file names.")
@click.option(
    "--waivers", default="", callback=named, metavar="FILE", help="Known failures that do not count, as YAML."
)
@click.option("--strict", is_flag=True, help="Observed behaviour that is missing fails the run too.")
@click.option(
    "--require-complete", is_flag=True, help="A row left out for a missing identity is inconclusive."
)
def run(**given: Any) -> int:
    """Judge a target.

    \b
    Exit codes: 0 conformant, 1 not conformant, 2 wrong use, 3 inconclusive.
    A live target is described by options, the environment or imodels.toml (`init` writes one), in
    this order. It takes its bearer tokens from the environment: IMODELS_TOKEN, and for more rows
    IMODELS_TOKEN_SECOND, _WRITER, _READER, _VIEWER, _MANAGER, _OUTSIDER, _EXPIRED; and, for
    rows about roles, their ids from IMODELS_ROLE, IMODELS_ROLE_WRITER, _READER, _OUTSIDER.
    """
    from conformance.runner.judging import judge
    from conformance.runner.workers import judge_together

    asserting()
    resumed, failed, workers = given.pop("resumed"), given.pop("failed"), given.pop("workers")
    if workers > 1 and given["shard"]:
        raise WrongUse("--workers makes shards of its own: it does not go with --shard")
    if workers > 1 and given["workflows"]:
        raise WrongUse("--workflow tells a few stories one after the other: not with --workers")
    options = resumed_alone(Path(resumed)) if resumed else _options(aimed(given | again(given, failed)))
    return judge_together(options, workers, complain) if workers > 1 else judge(options, complain)


def _options(given: dict[str, Any]) -> Options:
    """The options of a run with every name checked; raises UnknownName, ContractError or TargetError."""
    given = chosen(given)
    checked(given["shard"])
    if given["minutes"] and given["profile"] != "soak":
        raise WrongUse("--minutes belongs to --profile soak; the other profiles end by themselves")
    given = alone(given)
    bent = given["faults"] or given["liberties"] or given["drops"]
    if given["target"] != MOCK and given["view"] != API:
        raise TargetError("--view belongs to the mock; a live target is judged as it is")
    if given["target"] != MOCK and bent:
        raise TargetError("--fault, --liberty and --drop bend the mock; a live target is judged as it is")
    if given["target"] == MOCK and given["read_only"]:
        raise TargetError("--read-only needs a live --target: the built-in mock holds nothing to read")
    return Options(**(given | _bent(given) if bent else given))


def _bent(given: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    from conformance.mock.catalogue import list_faults, list_liberties, list_rules

    return {
        "faults": known("fault", given["faults"], [*list_faults(), *list_rules()]),
        "liberties": known("liberty", given["liberties"], list_liberties()),
        "drops": known("rule", given["drops"], list_rules()),
    }


@cli.command()
@serving
@viewing
@bending
@click.option("--list-rules", is_flag=True, help="Print the names of its rules and stop.")
@click.option("--list-faults", is_flag=True, help="Print the names of its faults and stop.")
@click.option("--list-liberties", is_flag=True, help="Print the names of its liberties and stop.")
def mock(**given: Any) -> int:
    """Serve the mock until Ctrl-C: a faithful local service to develop and test against."""
    from conformance.mock.stopper import Stopper

    for kind in ("rules", "faults", "liberties"):
        if given[f"list_{kind}"]:
            from conformance.mock import catalogue

            click.echo("\n".join(getattr(catalogue, f"list_{kind}")()))
            return 0
    with Stopper() as stopper:
        serve_mock(given, _bent(given), stopper)
    return 0


if __name__ == "__main__":
    sys.exit(main())
