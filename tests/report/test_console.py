"""What a person reads while a run goes by."""

from __future__ import annotations

import io
import os
import subprocess
import sys

from conformance.report.console import Told, plan_lines
from conformance.runner.run import Run


def test_elsewhere_than_on_a_terminal_a_module_is_a_line() -> None:
    out = io.StringIO()
    told = Told(out)
    told.begin(3)
    told.finished("a.py::one", "passed")
    told.finished("a.py::two", "broken")
    told.finished("b.py::one", "passed")
    told.end()
    assert out.getvalue() == "a.py: 1 broken, 1 passed\nb.py: 1 passed\n"


def test_no_line_is_broken_or_coloured() -> None:
    out = io.StringIO()
    Told(out).lines(["verdict: not conformant", "x" * 500, "[bold]as it is[/bold] :smile:"])
    assert out.getvalue() == f"verdict: not conformant\n{'x' * 500}\n[bold]as it is[/bold] :smile:\n"


def test_what_a_target_says_cannot_move_the_cursor() -> None:
    out = io.StringIO()
    Told(out).say("seen \x1b[31mred\x07 \u202etxt.exe \ud800 café")
    assert out.getvalue() == "seen \ufffd[31mred\ufffd \ufffdtxt.exe \ufffd café\n"


def test_the_plan_says_what_will_be_done(run: Run) -> None:
    text = "\n".join(plan_lines(run))
    assert "target    https://imodels.example as main" in text
    assert "seed 2026" in text
    assert "rows: no second" in text
    assert f"{len(run.plan.operations)} of {len(run.contract.operations)} operations" in text


def test_nobody_reading_any_more_is_no_error() -> None:
    script = (
        "import sys; from conformance.report.console import Told; told = Told()\n"
        "told.lines(['x' * 70000] * 9); sys.exit(7)"
    )
    reader, writer = os.pipe()
    process = subprocess.Popen([sys.executable, "-c", script], stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)
    os.read(reader, 10)
    os.close(reader)
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (7, b"")
