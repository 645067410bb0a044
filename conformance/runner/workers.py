"""Workers: the shards of a run at the same time, each a process of its own, joined to one verdict."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

from conformance.kept import BookError
from conformance.report.console import Told
from conformance.report.verdict import Exit
from conformance.runner.gather import gathered, tell
from conformance.runner.judging import Complain, terminated_like_interrupted
from conformance.runner.options import Options
from conformance.runner.run import folder_of, new_id

WORTH_TELLING = re.compile(r"(?:conformance|scenarios)/\S+: |cleaning up")
OF_EACH = ("imodels-conformance ", "reports ")
"""How lines begin that tell of one worker what is told of the whole run."""


@dataclass
class Worker:
    """One of the processes, and what it said when something was wrong."""

    number: int
    folder: Path
    process: subprocess.Popen[str]
    said: list[str] = field(default_factory=list)


def judge_together(options: Options, number: int, complain: Complain) -> int:
    """Judge a target by so many workers, tell the verdict and return the exit code."""
    try:
        folder = folder_of(options.reports, new_id(datetime.now(UTC)))
    except OSError as error:
        return complain(f"cannot write to {error.filename}: {error.strerror or error}", Exit.USAGE)
    screen = Told()
    screen.say(f"imodels-conformance run {folder.name} by {number} workers")
    with terminated_like_interrupted():
        workers = [_started(share, folder) for share in shares(options, number, folder)]
        _watched(workers, screen)
    try:
        run, verdict = gathered(tuple(worker.folder for worker in workers), folder)
    except BookError as error:
        # One that could not begin has said why.
        said = next((line for worker in workers for line in worker.said), str(error))
        codes = {worker.process.returncode for worker in workers}
        return complain(
            said.removeprefix("imodels-conformance: "),
            Exit.USAGE if Exit.USAGE in codes else Exit.INCONCLUSIVE,
        )
    return tell(run, verdict, screen, complain)


def shares(options: Options, number: int, folder: Path) -> Iterator[Options]:
    """The options of each worker: its shard, and its part of everything that is bounded."""
    for each in range(1, number + 1):
        yield replace(
            options,
            shard=f"{each}/{number}",
            sharers=number,
            rate=options.rate / number,
            max_requests=_part(options.max_requests, number),
            max_imodels=_part(options.max_imodels, number),
            reports=str(folder / f"worker-{each}"),
        )


def _part(bound: int | None, number: int) -> int | None:
    return None if bound is None else max(1, bound // number)


def _started(share: Options, folder: Path) -> Worker:
    """Start a worker in a session of its own: Ctrl-C reaches it once, from here."""
    path = Path(share.reports)
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "conformance.cli", "worker", share.dump()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    return Worker(int(share.shard.partition("/")[0]), path, process)


def attended() -> None:
    """End this worker as Ctrl-C would once the run that started it is gone, which holds its stdin open."""
    Thread(target=_end_alone, args=(os.dup(sys.stdin.fileno()),), daemon=True).start()


def _end_alone(held: int) -> None:
    os.read(held, 1)
    os.kill(os.getpid(), signal.SIGTERM)


def _watched(workers: Sequence[Worker], screen: Told) -> None:
    """Wait for all of them, and tell what they tell."""
    threads = [Thread(target=_follow, args=(worker, screen)) for worker in workers]
    threads += [Thread(target=_listen, args=(worker,)) for worker in workers]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        try:
            for thread in threads:
                thread.join()
        except KeyboardInterrupt:
            for worker in workers:
                worker.process.terminate()
    for worker in workers:
        worker.process.wait()
        for stream in (worker.process.stdin, worker.process.stdout, worker.process.stderr):
            if stream:
                stream.close()


def _follow(worker: Worker, screen: Told) -> None:
    """Tell how far a worker is; the first one tells the plan, which is the plan of all."""
    begun = worker.number > 1
    for line in worker.process.stdout or ():
        text = line.rstrip("\n")
        begun = begun or not text
        if WORTH_TELLING.match(text):
            screen.say(f"worker {worker.number}: {text}")
        elif not begun and not text.startswith(OF_EACH):
            screen.say(text)


def _listen(worker: Worker) -> None:
    worker.said += [line.rstrip("\n") for line in worker.process.stderr or ()]
