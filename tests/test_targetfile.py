"""The target file: precedence, one line for what is wrong, and no secret."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from conformance import cli
from conformance.live import live_target
from conformance.runner import judging
from conformance.runner.options import Options
from conformance.runner.run import Run
from conformance.target import TargetError
from conformance.targetfile import COMMENTED, read

URL = "https://imodels.example"
ITWIN = "4a7b3c52-9d0e-4f61-8a25-1c6d7e8f9012"
OTHER = "8c1d5e74-2f3a-4b86-9c47-3e8f9a0b1234"
HEAD = f'[target]\nurl = "{URL}"\nitwins = ["{ITWIN}"]\n'


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run in an empty folder, without tokens."""
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith("IMODELS_"):
            monkeypatch.delenv(name)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Options]:
    """The options that reach the judging."""
    seen: list[Options] = []

    def judge(options: Options, *_: object) -> int:
        seen.append(options)
        return 0

    monkeypatch.setattr(judging, "judge", judge)
    return seen


def _write(text: str, name: str = "imodels.toml") -> None:
    Path(name).write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "environment", "expected"),
    [
        ((), {}, (URL, (ITWIN,), 5.0, "smoke")),
        ((), {"IMODELS_ITWIN": OTHER}, (URL, (OTHER,), 5.0, "smoke")),
        (("--rate", "2", "--profile", "full"), {}, (URL, (ITWIN,), 2.0, "full")),
        (
            ("--target", "https://flag.example", "--itwin", OTHER),
            {"IMODELS_TARGET": "https://variable.example", "IMODELS_ITWIN": ITWIN},
            ("https://flag.example", (OTHER,), 5.0, "smoke"),
        ),
        (("--target", "mock"), {"IMODELS_ITWIN": OTHER}, ("mock", (), 0.0, "gate")),
    ],
)
def test_flags_win_over_the_environment_and_that_over_the_file(
    arguments: tuple[str, ...],
    environment: dict[str, str],
    expected: object,
    asked: list[Options],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _write(HEAD + '[run]\nrate = 5\nprofile = "smoke"\n')
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert cli.main(["run", *arguments]) == 0
    (options,) = asked
    assert (options.target, options.itwins, options.rate, options.profile) == expected


def test_another_file_can_be_named(asked: list[Options]) -> None:
    _write(HEAD, "other.toml")
    assert cli.main(["run", "--file", "other.toml"]) == 0
    assert (asked[0].target, asked[0].file) == (URL, "other.toml")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[target", "Expected ']'"),
        ("[traget]\n", "unknown table 'traget'; did you mean target?"),
        ('[target]\nulr = "x"\n', "[target] unknown key 'ulr'; did you mean url?"),
        ("[target]\nurl = 3\n", "[target] url must be text"),
        ('target = "x"\n', "target is a table: write [target]"),
        ('[identities]\nmain = "x"\n', "write [identities.main]"),
        ("[identities.raeder]\n", "unknown identity 'raeder'; did you mean reader"),
        ('[identities.main]\ntoken = "canary-1"\n', "token: a secret has no place in this file"),
        ('[identities.main]\nclient-secret = "canary-1"\n', "a secret has no place"),
        ('[network]\nheaders = { X-Api-Key = "canary-1" }\n', "use headers-env"),
        ('[network]\nproxy = "http://u:canary-1@proxy"\n', "must not carry a user or password"),
        ("[run]\nrate = 0\n", "[run] rate must be a number above 0"),
        ("[run]\nmax-requests = true\n", "must be a whole number above 0"),
        ('[run]\nprofile = "fast"\n', "unknown profile 'fast'"),
    ],
)
def test_what_is_wrong_in_the_file_is_one_line(
    text: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    _write(text)
    assert cli.main(["run"]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert told.startswith("imodels-conformance: imodels.toml: ")
    assert len(told.splitlines()) == 1
    assert "canary" not in told


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[identities.main]\ntoken-env = "NOWHERE"\n', "variable NOWHERE is not set"),
        ('[identities.main]\ntoken-env = "A"\ntoken-command = ["b"]\n', "one of them is enough"),
        ('[identities.main]\ntoken-url = "https://a"\n', "needs a client-id"),
        ('[identities.main]\ntoken-url = "https://a"\nclient-id = "c"\n', "needs client-secret-env"),
        (
            '[identities.main]\ntoken-url = "http://a"\nclient-id = "c"\nclient-secret-command = ["x"]\n',
            "must be https",
        ),
        ("", "set IMODELS_TOKEN"),
        ('[network]\nca = "nowhere.pem"\n', "no file"),
        ('[network]\nca = "imodels.toml"\n', "[network] ca, client-certificate or client-key"),
        ('[network]\nproxy = "proxy:3128"\n', "proxy is not like"),
        ('[files]\nbaseline = "nowhere.bim"\n', "baseline: No such file"),
    ],
)
def test_what_cannot_be_used_is_one_line(
    text: str, said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _write(HEAD + text)
    if "identities" not in text and text:
        monkeypatch.setenv("IMODELS_TOKEN", "t")
    assert cli.main(["run"]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert len(told.splitlines()) == 1


@pytest.mark.parametrize("odd", ["canary-1\nmore", "canary-1-ä", "canary-1\x7f"])
@pytest.mark.parametrize("variable", ["IMODELS_TOKEN", "IMODELS_TOKEN_READER", "GATEWAY", "WRITER"])
def test_what_no_header_can_hold_is_told_and_not_repeated(
    variable: str, odd: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _write(
        HEAD + '[identities.writer]\ntoken-env = "WRITER"\n[network]\nheaders-env = { X-Key = "GATEWAY" }\n'
    )
    for name in ("IMODELS_TOKEN", "GATEWAY", "WRITER"):
        monkeypatch.setenv(name, "fine")
    monkeypatch.setenv(variable, odd)
    refused = cli.main(["run"])
    told = capsys.readouterr()
    if variable == "GATEWAY":
        assert refused == 2
        assert "the environment variable GATEWAY holds a character that no header can hold" in told.err
    else:
        assert refused == 3
        assert f"token refused: that in {variable} holds a blank or a character that no" in told.err
    assert len(told.err.splitlines()) == 1
    assert "canary" not in told.out + told.err


def test_the_commented_file_is_a_valid_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["init"]) == 0
    assert read("imodels.toml").get("target", "url") == "https://api.bentley.com/imodels"
    bare = "\n".join(line.removeprefix("# ") if "=" in line else line for line in COMMENTED.splitlines())
    _write(bare.replace("# [identities.second]", "[identities.second]"), "all.toml")
    everything = read("all.toml")
    assert everything.get("run", "max-imodels") == 12
    assert everything.identities["second"]["scope"] == "itwin-platform"
    assert cli.main(["init"]) == 2
    assert "is there already" in capsys.readouterr().err


def test_identities_roles_and_what_is_not_offered_come_from_the_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("IMODELS_TOKEN", "from-the-environment")
    monkeypatch.setenv("READER", "canary-reader")
    _write(
        f'[target]\nnot-offered = ["fork-imodel"]\nimodels = ["{OTHER.upper()}"]\ndedicated = true\n'
        '[identities.main]\ntoken-env = "NOWHERE"\nrole = "one"\n'
        '[identities.reader]\ntoken-env = "READER"\n'
        '[files]\nbaseline = "real.bim"\n'
    )
    Path("real.bim").write_bytes(b"real")
    target = live_target(URL, (ITWIN,), read("imodels.toml"))
    assert dict(target.tokens) == {"main": "from-the-environment", "reader": "canary-reader"}
    assert (target.not_offered, target.roles) == (frozenset({"fork-imodel"}), {"main": "one"})
    assert (target.imodels, target.baseline, target.dedicated) == ((OTHER,), b"real", True)
    assert "canary" not in repr(target)


def test_an_operation_nobody_has_is_not_offered_by_nobody() -> None:
    _write('[target]\nnot-offered = ["fork-imodl"]\n[identities.main]\ntoken-command = ["x"]\n')
    with pytest.raises(TargetError, match="did you mean fork-imodel"):
        live_target(URL, (ITWIN,), read("imodels.toml"))


def test_the_options_of_a_run_hold_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMODELS_TOKEN", "canary-1")
    monkeypatch.setenv("GATEWAY", "canary-2")
    _write(HEAD + '[network]\nheaders-env = { X-Key = "GATEWAY" }\n')
    run = Run(Options(target=URL, itwins=(ITWIN,), file="imodels.toml", reports="here"))
    assert "canary" not in run.options.dump()
    assert "canary" not in run.redaction.text("saw canary-1 and canary-2")
    for part in (run.wire, run.journal, run.recording):
        part.close()


def test_waivers_lie_beside_the_file(asked: list[Options]) -> None:
    Path("live").mkdir()
    _write(HEAD + '[run]\nwaivers = "known.yaml"\n', "live/imodels.toml")
    assert cli.main(["run", "--file", "live/imodels.toml"]) == 0
    assert cli.main(["run", "--file", "live/imodels.toml", "--waivers", "mine.yaml"]) == 0
    assert cli.main(["run", "--file", "live/imodels.toml", "--target", "mock"]) == 0
    assert [options.waivers for options in asked] == [str(Path("live/known.yaml")), "mine.yaml", ""]
