"""The command itself: what must hold before anything is loaded, which takes a while."""

from __future__ import annotations

import os
import sys

INTERRUPTED = 3


def main() -> int:
    """Run the command line; Ctrl-C while it still loads is one line as well."""
    try:
        _opened()
        from conformance.cli import main as run

        return run()
    except KeyboardInterrupt:
        sys.stderr.write("imodels-conformance: interrupted\n")
        return INTERRUPTED


def _opened() -> None:
    # With a closed stdout or stderr a socket would take its number, and what is printed would go there.
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(number)
    sys.stdout = sys.stdout or os.fdopen(1, "w")
    sys.stderr = sys.stderr or os.fdopen(2, "w")


if __name__ == "__main__":
    sys.exit(main())
