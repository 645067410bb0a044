"""The command line: exit codes, and one clear line for everything that goes wrong."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from time import sleep

import pytest

from conformance import cli
from conformance.requirements import register
from conformance.runner import judging
from conformance.runner.run import Run

ITWIN = "4a7b3c52-9d0e-4f61-8a25-1c6d7e8f9012"
ROW = "changesets/parent-exists"
LIVE = ("--target", "https://imodels.example", "--itwin", ITWIN)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run in an empty folder, without tokens."""
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith("IMODELS_"):
            monkeypatch.delenv(name)


@pytest.mark.parametrize(
    ("arguments", "code", "verdict"),
    [
        ((), 0, "verdict: conformant (selection only: 1 of"),
        (("--drop", ROW), 1, "verdict: not conformant: 1 MUST row broken"),
        (("--fault", ROW), 1, "verdict: not conformant: 1 MUST row broken"),
    ],
)
def test_a_run_against_the_mock(
    arguments: tuple[str, ...], code: int, verdict: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["run", "--requirement", ROW, *arguments]) == code
    told = capsys.readouterr()
    assert told.err == ""
    assert verdict in told.out
    assert ("create-imodel-changeset " in told.out, "get-itwin-imodels " in told.out) == (True, False)
    assert "\x1b" not in told.out
    assert told.out.splitlines()[-1].startswith("reports: imodels-reports/ic-")
    latest = Path("imodels-reports/latest")
    assert json.loads((latest / "verdict.json").read_text())["exit"] == code
    assert {path.name for path in latest.iterdir()} >= {"findings.json", "junit.xml", "report.html"}
    assert not Path(".hypothesis").exists()


def test_a_run_that_decides_nothing_is_inconclusive(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["run", "--requirement", ROW, "--operation", "get-imodel-users"]) == 3
    assert capsys.readouterr().err == "imodels-conformance: inconclusive: nothing was decided\n"


def _bad_files() -> None:
    Path("broken.yaml").write_text("- [")
    Path("deep.yaml").write_text("[" * 100_000)
    tens = ", ".join(f"x{n + 1}: &x{n + 1} [{', '.join([f'*x{n}'] * 10)}]" for n in range(9))
    Path("many.yaml").write_text(f"{{x0: &x0 [1], {tens}}}")
    Path("deep.toml").write_text("a=" + "[" * 100_000)
    for folder, text in (("deep", "[" * 100_000), ("odd", '{"target": 7}')):
        Path(folder).mkdir()
        for name in ("verdict", "findings", "operations"):
            Path(folder, f"{name}.json").write_text(text)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("run", "--requirement", "changesets/parent-exist"), "did you mean changesets/parent-exists"),
        (
            ("run", "--operation", "create-imodl"),
            "unknown operation 'create-imodl'; did you mean create",
        ),
        (("run", "--resource", "changset"), "unknown resource 'changset'; did you mean Changesets"),
        (("run", "--fault", "changesets/parent-exist"), "unknown fault"),
        (("run", "--drop", "changesets/parent-exist"), "unknown rule"),
        (("run", "--liberty", "no-such"), "unknown liberty"),
        (("run", "--contract", ""), "'--contract': an empty name"),
        (("run", "--overlay", ""), "'--overlay': an empty name"),
        (("run", "--waivers", ""), "'--waivers': an empty name"),
        (("run", "--file", ""), "'--file': an empty name"),
        (("run", "--resume", ""), "'--resume': an empty name"),
        (("run", "--failed", ""), "'--failed': an empty name"),
        (("run", "--reports", ""), "'--reports': an empty name"),
        (("mock", "--host", ""), "'--host': an empty name"),
        (("run", "--resume", "x", "--seed", "3", "--strict"), "was asked for: leave out --seed, --strict"),
        (("run", "--rate", "nan"), "'--rate': nan is no number of anything"),
        (("run", "--max-time", "inf"), "'--max-time': inf is no number of anything"),
        (("plan", "--latency", "nan"), "'--latency': nan is no number"),
        (("sweep", "--orphans", "--older-than", "1e12"), "is not in the range"),
        (("sweep", "--orphans", "--older-than", "nan"), "'--older-than': nan is no number"),
        (("run", "--contract", "deep.yaml"), "deep.yaml: not YAML: nested more than 200 levels deep"),
        (("run", "--overlay", "deep.yaml"), "deep.yaml: not YAML: nested more than"),
        (("run", "--waivers", "deep.yaml"), "deep.yaml: not YAML: nested more than"),
        (("mock", "--world", "deep.yaml"), "deep.yaml: not YAML: nested more than"),
        (("drift", "artefact", "deep.yaml"), "deep.yaml: not YAML"),
        (("run", "--contract", "many.yaml"), "many.yaml: not YAML: its aliases stand for more than 1000000"),
        (("mock", "--world", "many.yaml"), "many.yaml: not YAML: its aliases stand for more than 1000000"),
        (("run", "--file", "deep.toml"), "nested too deeply"),
        (("explain", "1a2b3c4d5e6f", "--reports", "deep"), "nested too deeply"),
        (("report", "deep"), "nested too deeply"),
        (("report", "odd"), "no reports in odd: not the reports of a run"),
        (("requirements", ""), "unknown requirement ''"),
        (("requirements", ROW, "--resource", "locks"), "a NAME is one row"),
        (("run", *LIVE, "--itwin", ITWIN.upper()), "--itwin: the same twice"),
        (("run", "--minutes", "5"), "--minutes belongs to --profile soak"),
        (("run", "--profile", "fast"), "'fast' is not one of"),
        (("run", "--seed", "x"), "'x' is not a valid integer"),
        (("run", "--rate", "-1"), "-1.0 is not in the range"),
        (("run", "--nothing"), "--nothing"),
        (("run", "--contract", "nowhere.yaml"), "nowhere.yaml: No such file"),
        (("run", "--contract", "broken.yaml"), "broken.yaml: not"),
        (("run", "--overlay", "nowhere.yaml"), "nowhere.yaml: No such file"),
        (("run", "--overlay", "broken.yaml"), "broken.yaml: not"),
        (("run", "--waivers", "nowhere.yaml"), "cannot read waivers nowhere.yaml: No such file"),
        (("run", "--waivers", "broken.yaml"), "broken.yaml: not YAML"),
        (("run", "--view", "flat"), "'flat' is not one of"),
        (("run", *LIVE, "--view", "published"), "--view belongs to the mock"),
        (("mock", "--view", "flat"), "'flat' is not one of"),
        (("run", "--target", "nowhere"), "is not a base URL"),
        (("run", "--target", "https://imodels.example"), "a live target needs --itwin"),
        (("run", *LIVE), "set IMODELS_TOKEN"),
        (("run", *LIVE, "--fault", ROW), "bend the mock"),
        (("run", "--itwin", ITWIN), "the mock has iTwins of its own"),
        (("run", "--reports", "broken.yaml"), "cannot write to"),
        (("run", "--reports", "broken.yaml/below"), "cannot write to"),
        (("report", "nowhere"), "no reports in nowhere: No such file"),
        (("report", "."), "no reports in"),
        (("requirements", "changesets/parent-exist"), "did you mean changesets/parent-exists"),
        (("mock", "--fault", "no-such"), "unknown fault"),
        (("mock", "--port", "70000"), "70000 is not in the range"),
        (("nothing",), "No such command 'nothing'"),
    ],
)
def test_wrong_use_is_exit_2_and_one_line(
    arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    _bad_files()
    assert cli.main(arguments) == 2
    told = capsys.readouterr()
    assert said in told.err
    assert told.err.startswith("imodels-conformance: ")
    assert len(told.err.splitlines()) == 1


@pytest.mark.parametrize("arguments", [("run",), ("plan",), ("replay", "1a2b3c4d5e6f")])
def test_without_asserts_nothing_is_judged(arguments: tuple[str, ...]) -> None:
    command = [sys.executable, "-O", "-m", "conformance.cli", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("imodels-conformance: asserts are switched off (python -O")
    assert len(done.stderr.splitlines()) == 1


def test_an_error_of_our_own_is_exit_3(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def crash(run: Run) -> str:
        raise RuntimeError("out of order\nand more")

    monkeypatch.setattr(judging, "preflight", crash)
    assert cli.main(["run", "--requirement", ROW, "--reports", "here"]) == 3
    line = "imodels-conformance: inconclusive: internal error: RuntimeError: out of order\n"
    assert capsys.readouterr().err == line
    assert "Traceback" in Path("here/internal-error.txt").read_text()
    assert json.loads(Path("here/verdict.json").read_text())["exit"] == 3


def test_ctrl_c_is_exit_3_and_the_reports_are_there(tmp_path: Path) -> None:
    # Whoever was started in the background hands on that SIGINT is ignored.
    heedful = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    program = f"{heedful}; import sys; from conformance.cli import main; sys.exit(main(sys.argv[1:]))"
    process = subprocess.Popen(
        [sys.executable, "-c", program, "run", "--reports", "here"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
    )
    journal = tmp_path / "here/journal.jsonl"
    while not journal.exists() or '"made"' not in journal.read_text():
        assert process.poll() is None
        sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=240)
    assert (process.returncode, errors) == (3, "imodels-conformance: inconclusive: interrupted\n")
    told = json.loads((tmp_path / "here/verdict.json").read_text())
    assert told["imodels"] > 0
    assert told["left_behind"] == []


def test_a_second_ctrl_c_does_not_lose_the_reports(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def impatient(run: Run) -> None:
        assert Path("here/verdict.json").exists()
        raise KeyboardInterrupt

    monkeypatch.setattr(Run, "finish", impatient)
    assert cli.main(["run", "--requirement", ROW, "--reports", "here"]) == 3
    told = json.loads(Path("here/verdict.json").read_text())
    assert (told["stopped"], len(told["left_behind"]) > 0) == ("interrupted", True)


@pytest.mark.parametrize(("extra", "code"), [((), 3), (("--fault", ROW), 1)])
def test_reports_that_cannot_be_written_are_said(
    extra: tuple[str, ...], code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("conformance.runner.conclude.write_reports", full)
    assert cli.main(["run", "--requirement", ROW, "--reports", "here", *extra]) == code
    told = capsys.readouterr()
    assert "cannot write the reports to here: No space left on device" in told.out + told.err


def test_requirements_are_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["requirements", "--resource", "changesets", "--level", "MUST"]) == 0
    head, *lines = capsys.readouterr().out.splitlines()
    wanted = [row for row in register().values() if (row.resource, row.level) == ("changesets", "MUST")]
    assert head.split() == ["NAME", "LEVEL", "LABEL", "PROFILE", "EVIDENCE", "NEEDS", "SAYS"]
    assert [line.split()[0] for line in lines] == [row.name for row in wanted]


def test_requirements_are_json_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["requirements", "--json"]) == 0
    assert {row["name"] for row in json.loads(capsys.readouterr().out)} == set(register())


def test_one_requirement_is_shown_whole(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["requirements", ROW]) == 0
    told = capsys.readouterr().out
    assert "docs/reference/changesets.md#create-imodel-changeset" in told
    assert "scenarios.test_timeline.test_only_the_latest_may_be_a_parent" in told


def test_a_report_is_rendered_again(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    assert cli.main(["run", "--requirement", ROW]) == 0
    page = Path("imodels-reports/latest/report.html")
    before = page.read_text()
    page.unlink()
    assert cli.main(["report"]) == 0
    assert page.read_text() == before
    assert "allure: not rendered" in capsys.readouterr().out


@pytest.mark.parametrize("kind", ["rules", "faults", "liberties"])
def test_what_bends_the_mock_is_listed(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["mock", f"--list-{kind}"]) == 0
    assert len(capsys.readouterr().out.splitlines()) > 3


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("imodels-conformance, version ")


def test_a_reader_that_went_away_is_no_failure() -> None:
    command = f"{sys.executable} -m conformance.cli requirements --json | head -c 10"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_screen_that_takes_no_more_changes_no_verdict(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "conformance.cli", "run", "--requirement", ROW, "--fault", ROW]
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(
            [*command, "--reports", "here"], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert (done.returncode, done.stderr) == (1, "")
    assert json.loads((tmp_path / "here/verdict.json").read_text())["exit"] == 1


def test_a_list_that_cannot_be_written_is_one_line() -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(
            [sys.executable, "-m", "conformance.cli", "requirements"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 3
    assert done.stderr == "imodels-conformance: cannot go on: No space left on device\n"


@pytest.mark.parametrize("token", ["Bearer qanary", "qanary\nx", "qanäry"])
def test_a_token_that_no_header_carries_is_refused_unsaid(
    token: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("IMODELS_TOKEN", token)
    assert cli.main(["run", *LIVE, "--requirement", ROW, "--reports", "here"]) == 3
    told = capsys.readouterr()
    assert "token refused: that in IMODELS_TOKEN holds a blank or a character" in told.err
    assert len(told.err.splitlines()) == 1
    kept = "".join(
        file.read_text("utf-8") for file in (tmp_path / "here").glob("*.*") if file.suffix != ".gz"
    )
    assert "qan" not in told.out + told.err + kept
