"""docs/drift-published.md: as generated, and every known difference of the published document is on it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.drift.published import PAGE, contract_part

PAGED = [("request-parameter-added", name) for name in ("$top", "$skip", "$continuationToken")]
COPY = [
    ("request-property-became-optional", "/name"),
    ("request-property-added", "/description"),
    ("request-property-added", "/changesetIndex"),
    ("request-property-added", "/containersEnabled"),
    ("response-required-header-added", "location"),
    ("response-required-header-added", "create-imodel-operation"),
]
NO_BODY = [("response-body-added", ""), ("response-body-undocumented", "")]
KNOWN = {
    "GET /": [
        *(
            ("request-parameter-added", n)
            for n in ("$continuationToken", "$orderBy", "$search", "name", "state")
        ),
        ("request-maximum-narrowed", "$top"),
        ("request-parameter-added", "prefer"),
        ("request-parameter-deprecated", "$skip"),
        ("response-required-property-added", "/_links"),
        ("response-member-undocumented", "/_links"),
        ("response-property-removed", "/iModels/*/state"),
        *(
            ("response-member-undocumented", f"/iModels/*/{name}")
            for name in ("isSecured", "containersEnabled", "extent", "lastChangesetPushDateTime", "_links")
        ),
        ("response-property-removed", "/iModels/*/creatorId"),
    ],
    "POST /": [
        *(
            ("request-property-added", f"/{name}")
            for name in (
                "template",
                "baselineFile",
                "creationMode",
                "geographicCoordinateSystem",
                "containersEnabled",
            )
        ),
        ("request-max-length-narrowed", "/name"),
        ("request-became-nullable", "/extent"),
        ("response-required-property-added", "/iModel"),
        ("response-body-wrapped", "/iModel"),
    ],
    "GET /{}": [("response-body-wrapped", "/iModel"), ("response-property-removed", "/creatorId")],
    "PATCH /{}": [
        ("request-property-added", "/extent"),
        ("request-min-properties-narrowed", ""),
        ("request-became-nullable", "/name"),
        *NO_BODY,
    ],
    "POST /{}/clone": COPY,
    "POST /{}/fork": [*COPY, ("request-property-added", "/preserveHistory")],
    "GET /{}/changesets": [
        *PAGED,
        *(("request-parameter-added", name) for name in ("$orderBy", "afterIndex", "lastIndex", "prefer")),
        ("response-member-undocumented", "/_links"),
        ("response-null-undocumented", "/changesets/*/description"),
        ("response-enum-added", "/changesets/*/state"),
        ("response-required-property-added", "/changesets/*/groupId"),
        *(
            ("response-member-undocumented", f"/changesets/*/{name}")
            for name in ("groupId", "application", "synchronizationInfo", "_links")
        ),
    ],
    "POST /{}/changesets": [("request-required-body-added", ""), ("request-body-undocumented", ""), *NO_BODY],
    "GET /{}/changesets/{}": [
        ("request-pattern-added", "changeset"),
        ("response-body-wrapped", "/changeset"),
        ("response-required-property-added", "/changeset"),
    ],
    "GET /{}/namedversions": [
        *PAGED,
        *(("request-parameter-added", name) for name in ("$orderBy", "$search", "name", "state", "prefer")),
        ("response-member-undocumented", "/_links"),
        ("response-null-undocumented", "/namedVersions/*/changesetId"),
        ("response-null-undocumented", "/namedVersions/*/description"),
        *(("response-member-undocumented", f"/namedVersions/*/{n}") for n in ("application", "_links")),
    ],
    "POST /{}/namedversions": [
        ("request-property-became-optional", "/changesetId"),
        ("request-requirement-waived", "/changesetId"),
        *NO_BODY,
    ],
    "GET /{}/namedversions/{}": [("response-body-wrapped", "/namedVersion")],
    "GET /{}/briefcases": [
        *PAGED,
        *(("request-parameter-added", name) for name in ("$orderBy", "ownerId", "prefer")),
        *NO_BODY,
    ],
    "POST /{}/briefcases": [("request-body-added", ""), ("request-body-undocumented", ""), *NO_BODY],
    "GET /{}/locks": [
        *PAGED,
        *(("request-parameter-added", name) for name in ("briefcaseId", "lockLevel")),
        *NO_BODY,
    ],
    "PATCH /{}/locks": [("request-required-body-added", ""), ("request-body-undocumented", ""), *NO_BODY],
    "GET /{}/users": [
        *PAGED,
        ("request-parameter-added", "$orderBy"),
        ("request-parameter-added", "prefer"),
        *NO_BODY,
    ],
    "GET /{}/users/{}": NO_BODY,
    "GET /{}/thumbnail": [("request-parameter-added", "size")],
    "GET /{}/baselinefile": NO_BODY,
}
"""Operation → rules and places: what is known of the published document, whoever finds it."""


@pytest.fixture(scope="module")
def page() -> dict[str, list[str]]:
    """The lines of the page, by operation."""
    lines: dict[str, list[str]] = {}
    operation = ""
    for line in PAGE.read_text("utf-8").splitlines():
        if line.startswith("### "):
            operation = line[4:].strip("`")
        lines.setdefault(operation, []).append(line)
    return lines


def test_the_part_without_a_run_is_as_generated() -> None:
    text = PAGE.read_text("utf-8")

    assert "\n".join(contract_part()) in text


@pytest.mark.parametrize(
    ("operation", "rule", "place"),
    [(operation, rule, place) for operation, known in KNOWN.items() for rule, place in known],
)
def test_a_known_difference_is_found(
    operation: str, rule: str, place: str, page: dict[str, list[str]]
) -> None:
    wanted = re.compile(rf"{re.escape(rule)}:? ?.*{re.escape(place)}")

    assert [line for line in page[operation] if wanted.search(line)]


def test_every_operation_lacks_its_refusals(page: dict[str, list[str]]) -> None:
    described = [lines for operation, lines in page.items() if operation]

    assert len(described) == 21
    assert all(any("refusals not described: 4" in line for line in lines) for lines in described)


def test_where_both_agree_only_refusals_are_told(page: dict[str, list[str]]) -> None:
    told = [line for line in page["DELETE /{}"] if line.startswith("* ")]

    assert {line.split(":")[1].strip() for line in told if "refusals" not in line} == {
        "operation-renamed",
        "security-alternative-added",
        "security-alternative-removed",
    }


def test_the_page_names_how_it_is_made(root: Path) -> None:
    assert "python -m tests.drift.published RUN" in PAGE.read_text("utf-8")
    assert (root / "tests/drift/published.py").is_file()
