"""Pages of lists."""

from __future__ import annotations

from typing import Any

from tests.checks.tables.case import API, DROP, GUID, PAGE, Case, change

MANY = [
    {"id": GUID, "displayName": f"iModel {number}", "dataCenterLocation": "East US"} for number in range(1001)
]
TWO_LOCKS: list[dict[str, Any]] = [
    {"briefcaseId": 2, "lockedObjects": [{"lockLevel": "shared", "objectIds": ["0x1", "0x2"]}]},
    {"briefcaseId": 3, "lockedObjects": [{"lockLevel": "exclusive", "objectIds": ["0x3"]}]},
]


def _released(query: str) -> dict[str, Any]:
    """Three released objects in two entries, on a page asked for by a query."""
    locks = [part for lock in TWO_LOCKS for part in lock["lockedObjects"]]
    here = f"{API}/{GUID}/locks/released-locks?{query}"
    return {"change": {"releasedLocks": locks, "_links/self/href": here}, "path": {"id": GUID}}


LISTS = [
    change("lists/envelope", "get-imodel-users", _links=DROP),
    change("lists/envelope", "get-imodel-users", _links="none"),
    change("lists/envelope", "get-imodel-users", _links__next=DROP),
    change("lists/envelope", "get-imodel-users", _links__next="https://api.bentley.com/imodels"),
    change("lists/envelope", "get-imodel-locks", locks=DROP),
    change("lists/envelope", "get-imodel-locks", locks={}),
    Case(
        "lists/page-size",
        "get-itwin-imodels",
        {"query": PAGE, "change": {"iModels": MANY[:2]}},
        {"query": PAGE, "change": {"iModels": MANY[:1]}},
    ),
    Case(
        "lists/page-size",
        "get-itwin-imodels",
        {"change": {"iModels": MANY}},
        {"query": "?$top=0", "change": {"iModels": MANY[:1000]}},
    ),
    Case(
        "lists/page-size",
        "get-imodel-locks",
        {
            "query": "?$top=2",
            "change": {"locks": TWO_LOCKS, "_links/self/href": f"{API}/{GUID}/locks?$top=2"},
            "path": {"id": GUID},
        },
        {
            "query": "?$top=3",
            "change": {"locks": TWO_LOCKS, "_links/self/href": f"{API}/{GUID}/locks?$top=3"},
            "path": {"id": GUID},
        },
    ),
    Case(
        "lists/page-size",
        "get-imodel-released-locks",
        {"query": "?$top=2", **_released("$top=2")},
        {"query": "?$top=3", **_released("$top=3")},
    ),
    change("lists/minimal-by-default", "get-itwin-imodels", iModels__0__isSecured=True),
    change("lists/minimal-by-default", "get-imodel-changesets", changesets__0__application=None),
    Case(
        "lists/minimal-by-default",
        "get-imodel-briefcases",
        {"asked": {"prefer": "return=minimal"}, "change": {"briefcases/0/deviceName": "Laptop"}},
        {"asked": {"prefer": "return=minimal"}},
    ),
    change("lists/representation", "get-itwin-imodels", {"full": True}, iModels__0__isSecured=DROP),
    change("lists/representation", "get-imodel-users", {"full": True}, users__0__statistics=DROP),
    Case(
        "lists/representation",
        "get-imodel-named-versions",
        {"asked": {"prefer": "return=representation"}},
        {"full": True},
    ),
    Case(
        "lists/representation",
        "get-imodel-changesets",
        {"asked": {"prefer": "return=representation"}},
        {"full": True},
    ),
    Case("lists/self-repeats-request", "get-itwin-imodels", {"query": f"?iTwinId={GUID}"}, {"query": PAGE}),
    Case("lists/self-repeats-request", "get-itwin-imodels", {"query": PAGE.replace("skip=0", "skip=5")}),
    Case(
        "lists/self-repeats-request",
        "get-imodel-users",
        {"change": {"_links/self/href": f"{API}/{GUID}/locks"}},
    ),
]
