"""This suite beside stock schemathesis on the same mutants of the mock: `python -m bench.kill`.

Both judge the mock by the same contract, each mutant for the same wall time, and neither is told what is
wrong. A mutant is killed when a side tells what it does not tell, with the same seed, of the mock as it is.
What schemathesis tells of that becomes its own baseline file, and its own count of what is new decides. It is
given what a patient user would give it: every phase and check, a token that may do all, a mock full of
iModels, and their ids as dictionaries in its configuration. Mutants are drawn whose row the profile decides.
The last line of the first table is its second look at the mock as it is: what it tells anew there is chance.
Prints the tables, also of what was done until Ctrl-C; `--write` puts them into docs/soundness.md.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any

from bench.fuzz import IMODELS, identifier, serving
from conformance.mock.tokens import ITWIN, USERS, token
from conformance.requirements import PROFILES, promise_of
from tests.soundness.cases import LONGEST, MUTANTS, Mutant
from tests.soundness.page import put
from tests.soundness.sweep import state

CONTRACT = Path(__file__).resolve().parents[1] / "spec" / "imodels.openapi.yaml"
OURS = [sys.executable, "-m", "conformance.cli", "run"]
PEER = [
    sys.executable,
    "-m",
    "schemathesis.cli",
    "run",
    str(CONTRACT),
    "--checks",
    "all",
    "--continue-on-failure",
]
TITLE = "## Beside stock schemathesis"
KILL = """
A kill is anything told that is not told of the mock as it is, whatever it speaks of: this suite names the
row that is broken, and of schemathesis the last line shows how often it tells something new without any
mutant, in its second look at the mock as it is with the same seed.
""".strip()
SAMPLE = 2026
"""The seed of the order in which mutants are drawn."""
SHARE = 0.9
"""How often schemathesis takes an id that the mock knows, where it may."""
KNOWN: dict[str, tuple[list[Any], list[str]]] = {
    "imodel": ([identifier(number) for number in range(IMODELS)], ["path.id"]),
    "itwin": ([ITWIN], ["query.iTwinId", "body.iTwinId"]),
    "version": ([identifier(IMODELS)], ["path.namedVersionId"]),
    "user": ([USERS["admin"].id], ["path.userId"]),
    "briefcase": ([2], ["path.briefcaseId"]),
    "changeset": (["1", "2"], ["path.changeset"]),
}
"""What the mock holds, and the parameters that name such a thing."""


@dataclass(frozen=True)
class Told:
    """What came of one run: how many findings are new, all of them, and what it took."""

    new: int
    findings: frozenset[str]
    requests: int
    seconds: float


@dataclass(frozen=True)
class Trial:
    """What one side told of the mock with a mutant, or without any when the name is empty."""

    mutant: str
    seed: int
    told: Told


@dataclass
class Side:
    """All trials of one side, and how much it tells of the mock as it is, by seed."""

    name: str
    trials: list[Trial] = field(default_factory=list)
    reds: list[int] = field(default_factory=list)

    def row(self) -> str:
        """Its line of the table."""
        tried, killed = len(self.trials), sum(trial.told.new > 0 for trial in self.trials)
        rate = f"{killed} of {tried} ({100 * killed / tried:.0f} %)"
        each = f"{sum(trial.told.requests for trial in self.trials) / killed:.0f}" if killed else "-"
        mean = f"{sum(trial.told.seconds for trial in self.trials) / tried:.0f}"
        return f"| {self.name} | {rate} | {', '.join(map(str, self.reds))} | {each} | {mean} |"


def timed(command: Iterable[str], folder: Path) -> float:
    """Run a command to its end; answers how many seconds it took."""
    begun = monotonic()
    subprocess.run(list(command), cwd=folder, capture_output=True, timeout=LONGEST, check=False)
    return monotonic() - begun


def ours(seed: int, profile: str, bent: list[str], honest: frozenset[str]) -> Told:
    """A plain run of this suite: the rows that it calls broken, of whatever level."""
    with TemporaryDirectory(prefix="kill-") as folder:
        command = [*OURS, "--reports", folder, "--seed", str(seed), "--profile", profile, *bent]
        seconds = timed(command, Path(folder))
        verdict = json.loads(Path(folder, "verdict.json").read_text(encoding="utf-8"))
    broken = frozenset(row["name"] for row in verdict["rows"] if row["state"] == "broken")
    return Told(len(broken - honest), broken, verdict["requests"], seconds)


def peer(seed: int, seconds: float, bent: list[str], baseline: Path) -> Told:
    """A run of schemathesis; without a baseline file it writes one of what it tells."""
    with TemporaryDirectory(prefix="kill-") as folder:
        log, report = Path(folder, "log"), Path(folder, "report.json")
        Path(folder, "schemathesis.toml").write_text("\n".join(_configuration()), encoding="utf-8")
        command = [*PEER, "--seed", str(seed), "--max-time", str(math.ceil(seconds))]
        command += ["--header", f"Authorization: Bearer {token('admin')}", "--baseline", str(baseline)]
        command += ["--report", "json", "--report-json-path", str(report)]
        command += [] if baseline.exists() else ["--baseline-update"]
        with serving(log, *bent) as url:
            taken = timed([*command, "--url", url], Path(folder))
        told = json.loads(report.read_text(encoding="utf-8"))
        asked = sum(line.startswith("{") for line in log.read_text(encoding="utf-8").splitlines())
    titles = frozenset(f"{one['title']} {at}" for one in told["failures"] for at in one["operations"])
    return Told(told["baseline"]["new"], titles, asked, taken)


def _configuration() -> Iterator[str]:
    for name, (values, _) in KNOWN.items():
        yield f"[dictionaries.{name}]"
        yield f"values = {json.dumps(values)}"
    yield "[parameters]"
    for name, (_, places) in KNOWN.items():
        for place in places:
            yield f'"{place}" = {{ dictionary = "{name}", probability = {SHARE} }}'


def in_profile(mutant: str, profile: str) -> bool:
    """Whether a run of this profile decides the row that the mutant breaks."""
    return PROFILES.index(promise_of(Mutant(mutant).row).profile) <= PROFILES.index(profile)


def compare(mutants: list[str], seed: int, profile: str, sides: tuple[Side, Side, Side]) -> None:
    """Try all mutants with one seed."""
    us, them, chance = sides
    honest = ours(seed, profile, [], frozenset())
    us.reds.append(len(honest.findings))
    with TemporaryDirectory(prefix="kill-") as folder:
        baseline = Path(folder, "baseline.json")
        them.reds.append(peer(seed, honest.seconds, [], baseline).new)
        chance.trials.append(Trial("", seed, peer(seed, honest.seconds, [], baseline)))
        for name in mutants:
            told = ours(seed, profile, ["--fault", name], honest.findings)
            other = peer(seed, told.seconds, ["--fault", name], baseline)
            us.trials.append(Trial(name, seed, told))
            them.trials.append(Trial(name, seed, other))
            print(f"{name} {seed}: {sorted(told.findings)}; {other.new} new", file=sys.stderr, flush=True)


def tables(given: argparse.Namespace, sides: tuple[Side, Side, Side]) -> Iterator[str]:
    """The part of the page: each side's sums, and what both told of each mutant."""
    us, them, _ = sides
    yield TITLE
    yield ""
    command = (
        f"python -m bench.kill --mutants {given.mutants} --seeds {given.seeds} --profile {given.profile}"
    )
    yield f"Written by `{command} --write` on {datetime.now(UTC):%Y-%m-%d}; code {state()}."
    yield ""
    yield KILL
    yield ""
    yield "| side | killed | told of the mock as it is | requests for each kill | seconds for each mutant |"
    yield "|---|---|---|---|---|"
    yield from (side.row() for side in sides if side.trials)
    yield ""
    yield "| mutant | seed | new rows told by this suite | new findings of schemathesis |"
    yield "|---|---|---|---|"
    for ours_, theirs in zip(us.trials, them.trials, strict=True):
        yield f"| {ours_.mutant} | {ours_.seed} | {ours_.told.new} | {theirs.told.new} |"


def main() -> None:
    """Compare and print."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--mutants", type=int, default=len(MUTANTS), help="for each seed; all without")
    options.add_argument("--seeds", type=int, default=1)
    options.add_argument("--profile", choices=["smoke", "gate", "full"], default="gate", help="of this suite")
    options.add_argument("--write", action="store_true", help="put the tables into docs/soundness.md")
    given = options.parse_args()
    sides = Side(f"this suite, {given.profile}"), Side("schemathesis 4.32.5"), Side("the same, mock as it is")
    decided = [name for name in MUTANTS if in_profile(name, given.profile)]
    drawn = random.Random(SAMPLE).sample(decided, len(decided))
    with suppress(KeyboardInterrupt):
        for seed in range(1, given.seeds + 1):
            at = (seed - 1) * given.mutants
            compare(
                [drawn[n % len(drawn)] for n in range(at, at + given.mutants)], seed, given.profile, sides
            )
    part = "\n".join(tables(given, sides)) + "\n"
    print(part)
    if given.write:
        put(part)


if __name__ == "__main__":
    main()
