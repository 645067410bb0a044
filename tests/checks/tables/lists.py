"""Pages of lists."""

from __future__ import annotations

from tests.checks.tables.case import API, DROP, GUID, PAGE, Case, change

MANY = [
    {"id": GUID, "displayName": f"iModel {number}", "dataCenterLocation": "East US"} for number in range(1001)
]
TWO_LOCKS = [
    {"briefcaseId": 2, "lockedObjects": [{"lockLevel": "shared", "objectIds": ["0x1", "0x2"]}]},
    {"briefcaseId": 3, "lockedObjects": [{"lockLevel": "exclusive", "objectIds": ["0x3"]}]},
]

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
