"""`drift spec` beside api-smart-diff and Optic on the same edits: `python -m bench.drift_peers [TIMES]`.

Needs `npm ci` in bench/. Each operator changes the published document at TIMES random places, Optic sees the
first one of each. A peer has told an edit when it says anything of it, comments and order aside.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.drift import PUBLISHED, SEED
from conformance.document import document
from conformance.drift.rules import RULES
from tests.drift.measure import tell
from tests.drift.operators.frozen import FROZEN
from tests.drift.operators.kit import Edit
from tests.drift.operators.later import LATER

HERE = Path(__file__).parent
QUIET = {"OPTIC_TELEMETRY_LEVEL": "off", "DISABLE_TELEMETRY": "1"}


@dataclass(frozen=True)
class Said:
    """What a tool said of an edit."""

    told: bool
    breaking: bool


def edits(times: int) -> list[tuple[str, int, Edit]]:
    """Every operator at so many places, the same ones in each run."""
    read, found = dict(document(PUBLISHED)), []
    for operator in (*FROZEN.values(), *LATER.values()):
        chance = random.Random(f"{SEED} {operator.name}")
        for place in range(times):
            if edit := operator.apply(read, chance):
                found.append((operator.name, place, edit))
    return found


def ours(_: Path, edit: Edit) -> Said:
    """This suite."""
    told = tell(dict(document(PUBLISHED)), edit.document)
    return Said(bool(told), any(RULES[rule].level == "breaking" for rule, _ in told))


def optic(folder: Path, edit: Edit) -> Said:
    """Optic, which ends with 1 where something breaks."""
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


def line(name: str, chosen: list[tuple[str, int, Edit]], said: list[Said]) -> str:
    """A row of the table; edits it was wrong about go to standard error."""
    changes = quiet = told = kept = levels = 0
    for (operator, _, edit), one in zip(chosen, said, strict=True):
        breaks = any(RULES[rule].level == "breaking" for rule, _ in edit.expected)
        changes += bool(edit.expected)
        quiet += not edit.expected
        told += bool(edit.expected) and one.told
        kept += not edit.expected and not one.told
        levels += one.breaking == breaks
        if (one.told, one.breaking) != (bool(edit.expected), breaks):
            print(f"{name}: {operator}: {one}", file=sys.stderr)
    return f"| {name} | {told} of {changes} | {kept} of {quiet} | {levels} of {len(chosen)} |"


def main(times: int = 5) -> None:
    """Print the table."""
    chosen = edits(times)
    first = [one for one in chosen if one[1] == 0]
    with TemporaryDirectory() as made:
        folder = Path(made)
        # Optic asks git where it is.
        subprocess.run(["git", "init", "-q", made], check=True)
        (folder / "base.json").write_text(json.dumps(dict(document(PUBLISHED))), encoding="utf-8")

        def each(tool: Callable[[Path, Edit], Said], some: list[tuple[str, int, Edit]]) -> list[Said]:
            return [tool(folder, edit) for _, _, edit in some]

        print("| tool | changes told | no change, nothing told | breaking or not, right |\n|---|---|---|---|")
        print(line("this suite", chosen, each(ours, chosen)))
        print(line("api-smart-diff 1.0.6", chosen, smart_diff(folder, [edit for _, _, edit in chosen])))
        print(line("this suite, first places", first, each(ours, first)))
        print(line("Optic 1.0.9, first places", first, each(optic, first)), flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
