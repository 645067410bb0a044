"""What JUnit and Allure say of a test: the finding, and no secret."""

from __future__ import annotations

from tests.plugin.conftest import ROW, Tell


def test_reports_tell_the_finding_and_no_secret(tell: Tell) -> None:
    told = tell(
        """
        @pytest.mark.parametrize("operation", ["create-imodel", "get-imodel-details"])
        def test_it(make, run, operation):
            '''An iModel can be read.'''
            token = run.target.tokens["main"]
            make.imodel()
            with promise("imodels/create-is-readable"):
                assert operation != "create-imodel", f"saw {token}"
            if operation == "get-imodel-details":
                raise KeyError(f"lost {token}")
        """
    )
    secret = told.run.target.tokens["main"]
    first, again, other = told.allure()
    failure = next(told.junit().iter("failure"))
    assert str(failure.get("message")).startswith(f"{ROW} (MUST) on create-imodel: saw [redacted]")
    assert "repeat    curl -sS" in str(failure.text)
    assert first["historyId"] == again["historyId"] != other["historyId"]
    assert again["name"] == "An iModel can be read · create-imodel"
    assert again["statusDetails"]["message"].startswith(f"{ROW} (MUST)")
    assert {"name": "requirement", "value": ROW} in again["labels"]
    assert {"name": "feature", "value": "iModels"} in again["labels"]
    assert {"name": "severity", "value": "critical"} in again["labels"]
    assert [attached["name"].rpartition(" ")[2] for attached in again["attachments"]][-1] == "curl"
    leaks = [
        file.name
        for file in told.run.folder.rglob("*")
        if file.is_file() and file.suffix != ".gz" and secret in file.read_text("utf-8")
    ]
    assert leaks == []
