"""What a run may cost a live target: counted on a mock that is reached like a service."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import sleep
from typing import Any

import httpx
import pytest

from conformance.mock import tokens
from conformance.target import IDENTITIES, MAIN
from tests.everybody import THEIR_ROLES, TOKENS

COMMAND = [sys.executable, "-m", "conformance.cli"]
EVERYBODY = TOKENS | THEIR_ROLES
ALONE = {IDENTITIES[MAIN]: TOKENS[IDENTITIES[MAIN]]}
BOTH = (tokens.ITWIN, tokens.SECOND_ITWIN)
LIMITS = {"smoke": (300, 3), "gate": (1500, 12)}
"""Profile → requests and iModels it may take."""


@dataclass(frozen=True)
class Spent:
    """What a run took, and what it said."""

    exit: int
    printed: str
    verdict: dict[str, Any]
    left: list[Any]


Judge = Callable[..., Spent]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The base URL of a mock that runs as a process of its own."""
    log = tmp_path_factory.mktemp("mock") / "log"
    with log.open("w") as out, subprocess.Popen([*COMMAND, "mock", "--port", "0"], stdout=out) as process:
        while not (told := log.read_text(encoding="utf-8").splitlines()[:1]):
            assert process.poll() is None
            sleep(0.1)
        yield told[0].split()[-1]
        process.terminate()


@pytest.fixture
def judge(service: str, tmp_path: Path) -> Judge:
    """Judge the service as a live target."""

    def run(profile: str, identities: dict[str, str], itwins: tuple[str, ...]) -> Spent:
        given = [part for itwin in itwins for part in ("--itwin", itwin)]
        # What one must own alone to judge costs something too.
        alone = ["--dedicated"] * (identities == EVERYBODY)
        options = ["--target", service, *given, *alone, "--profile", profile, "--reports", str(tmp_path)]
        kept = {name: value for name, value in os.environ.items() if not name.startswith("IMODELS_")}
        done = subprocess.run(
            [*COMMAND, "run", *options], env=kept | identities, capture_output=True, text=True, check=False
        )
        told = json.loads((tmp_path / "verdict.json").read_text(encoding="utf-8"))
        return Spent(done.returncode, done.stdout + done.stderr, told, list(_left(service)))

    return run


def _left(service: str) -> Iterator[Any]:
    for itwin in BOTH:
        headers = {"authorization": f"Bearer {ALONE['IMODELS_TOKEN']}"}
        yield from httpx.get(service, params={"iTwinId": itwin}, headers=headers).json()["iModels"]


@pytest.mark.parametrize(
    ("profile", "identities", "itwins"),
    [("smoke", EVERYBODY, BOTH), ("gate", EVERYBODY, BOTH), ("gate", ALONE, BOTH[:1])],
    ids=["smoke", "gate", "gate-with-one-identity"],
)
def test_a_live_target_is_spared(
    profile: str, identities: dict[str, str], itwins: tuple[str, ...], judge: Judge
) -> None:
    spent = judge(profile, identities, itwins)
    assert spent.exit == 0, spent.printed[-3000:]
    requests, imodels = LIMITS[profile]
    assert spent.verdict["imodels"] <= imodels
    assert spent.verdict["requests"] <= requests
    assert (spent.left, spent.verdict["left_behind"]) == ([], [])
