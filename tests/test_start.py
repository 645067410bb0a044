"""The command before anything of it is loaded."""

from __future__ import annotations

import subprocess
import sys

ONE_LINE = "imodels-conformance: interrupted\n"


def _python(program: str, **streams: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", program], text=True, timeout=60, check=False, **streams)  # type: ignore[call-overload, no-any-return]


def test_ctrl_c_while_it_loads_is_one_line() -> None:
    program = """
import builtins, sys
from conformance import start
real = builtins.__import__
def pressed(name, *more):
    if name == "conformance.cli":
        raise KeyboardInterrupt
    return real(name, *more)
builtins.__import__ = pressed
sys.exit(start.main())
"""
    done = _python(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert (done.returncode, done.stdout, done.stderr) == (3, "", ONE_LINE)


def test_streams_that_are_closed_are_no_sockets() -> None:
    program = """
import os, sys
from conformance import start
for number in (0, 1, 2):
    os.close(number)
sys.stdin = sys.stdout = sys.stderr = None
sys.argv = ["x", "requirements"]
code = start.main()
opened = os.open(os.devnull, os.O_RDONLY)
os._exit(code if opened > 2 else 9)
"""
    assert _python(program).returncode == 0


def test_what_it_takes_is_what_the_command_line_takes() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "conformance.start", "nothing"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr.count("No such command 'nothing'")) == (2, 1)
