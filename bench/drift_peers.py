"""`drift spec` beside api-smart-diff and Optic on the same edits: `python -m bench.drift_peers TIMES PAIRS`.

Needs `npm ci` in bench/. Each operator changes the published document at TIMES random places, and so many
PAIRS of them do; Optic sees the first place of each, and a fifth of the pairs. A peer has told an edit when
it says anything of it, comments and order aside.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.drift import PUBLISHED, SEED
from conformance.document import document
from conformance.drift.rules import RULES
from tests.drift.measure import pairs, tell
from tests.drift.operators.frozen import FROZEN
from tests.drift.operators.kit import Edit
from tests.drift.operators.later import LATER

HERE = Path(__file__).parent
OPERATORS = [*FROZEN.values(), *LATER.values()]
QUIET = {"OPTIC_TELEMETRY_LEVEL": "off", "DISABLE_TELEMETRY": "1"}


@dataclass(frozen=True)
class Said:
    """What a tool said of an edit."""

    told: bool
    breaking: bool


Named = tuple[str, Edit]


def places(times: int) -> list[list[Named]]:
    """Every operator once, and that at so many places, the same ones in each run."""
    read = dict(document(PUBLISHED))
    chances = [(operator, random.Random(f"{SEED} {operator.name}")) for operator in OPERATORS]
    return [
        [(operator.name, edit) for operator, chance in chances if (edit := operator.apply(read, chance))]
        for _ in range(times)
    ]


def two(times: int) -> list[Named]:
    """So many pairs of edits, the same ones in each run."""
    return [*islice(pairs(dict(document(PUBLISHED)), OPERATORS, SEED), times)]


def ours(_: Path, chosen: Iterable[Edit]) -> list[Said]:
    """This suite."""
    old = dict(document(PUBLISHED))
    told = [tell(old, edit.document) for edit in chosen]
    return [Said(bool(one), any(RULES[rule].level == "breaking" for rule, _ in one)) for one in told]


def optic(folder: Path, chosen: Iterable[Edit]) -> list[Said]:
    """Optic, which ends with 1 where something breaks."""
    return [_optic(folder, edit) for edit in chosen]


def _optic(folder: Path, edit: Edit) -> Said:
    file = folder / "optic.json"
    file.write_text(json.dumps(edit.document), encoding="utf-8")
    command = [str(HERE / "node_modules/.bin/optic"), "diff", str(folder / "base.json"), str(file)]
    done = subprocess.run(
        [*command, "--json", "--check"], capture_output=True, text=True, check=False, env=os.environ | QUIET
    )
    return Said(bool(json.loads(done.stdout)["operations"]), done.returncode == 1)


def smart_diff(folder: Path, chosen: Iterable[Edit]) -> list[Said]:
    """api-smart-diff, for all edits in one process."""
    for number, edit in enumerate(chosen):
        (folder / f"{number}.json").write_text(json.dumps(edit.document), encoding="utf-8")
    done = subprocess.run(
        ["node", str(HERE / "smart-diff.mjs"), str(folder)], capture_output=True, text=True, check=True
    )
    return [Said(**json.loads(line)) for line in done.stdout.splitlines()]


def line(name: str, chosen: list[Named], said: list[Said]) -> str:
    """A row of the table; edits it was wrong about go to standard error."""
    changes = quiet = told = kept = levels = 0
    for (operator, edit), one in zip(chosen, said, strict=True):
        breaks = any(RULES[rule].level == "breaking" for rule, _ in edit.expected)
        changes += bool(edit.expected)
        quiet += not edit.expected
        told += bool(edit.expected) and one.told
        kept += not edit.expected and not one.told
        levels += one.breaking == breaks
        if (one.told, one.breaking) != (bool(edit.expected), breaks):
            print(f"{name}: {operator}: {one}", file=sys.stderr)
    return f"| {name} | {told} of {changes} | {kept} of {quiet} | {levels} of {len(chosen)} |"


def main(times: int = 5, paired: int = 100) -> None:
    """Print the table."""
    by_place = places(times)
    several, together = [one for some in by_place for one in some], two(paired)
    print("| tool | edits | changes told | no change, nothing told | breaking or not, right |")
    print("|---|---|---|---|---|")
    for kind, chosen in ((f"{times} places each", several), ("pairs", together)):
        _tell("`drift spec`", kind, chosen, ours)
        _tell("api-smart-diff 1.0.6", kind, chosen, smart_diff)
    for kind, chosen in (("the first place of each", by_place[0]), ("pairs", together[: paired // 5])):
        _tell("`drift spec`", kind, chosen, ours)
        _tell("Optic 1.0.9", kind, chosen, optic)


def _tell(tool: str, kind: str, chosen: list[Named], ask: Callable[[Path, list[Edit]], list[Said]]) -> None:
    """Ask a tool about the edits, in a folder of its own."""
    with TemporaryDirectory() as made:
        folder = Path(made)
        # Optic asks git where it is.
        subprocess.run(["git", "init", "-q", made], check=True)
        (folder / "base.json").write_text(json.dumps(dict(document(PUBLISHED))), encoding="utf-8")
        said = ask(folder, [edit for _, edit in chosen])
    print(line(f"{tool} | {kind}", chosen, said), flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
