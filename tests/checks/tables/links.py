"""Links."""

from __future__ import annotations

from tests.checks.tables.case import API, GUID, HEX, PAGE, STORED, Case, change, link

LINKS = [
    Case("links/absolute", "get-imodel-details", link("creator", f"/imodels/{GUID}/users/{GUID}")),
    Case("links/absolute", "get-imodel-details", link("creator", f"https://api.bentley.com/users/{GUID}")),
    Case(
        "links/absolute",
        "get-imodel-details",
        link("changesets", "ftp://api.bentley.com/imodels/x/changesets"),
    ),
    Case("links/absolute", "get-imodel-details", link("changesets", "http://[::1/imodels/x")),
    Case("links/absolute", "clone-imodel", {"headers": {"location": f"/imodels/{GUID}"}}),
    change("links/absolute", "get-itwin-imodels", _links__self={"href": "/imodels"}),
    change("links/absolute", "get-imodel-locks", _links__self={"href": "https://api.bentley.com/locks"}),
    Case(
        "links/no-trailing-slash",
        "fork-imodel",
        {"headers": {"location": f"{API}/91aa3b1f-0c52-4d8e-9f67-2a4b6c8d0e1f/"}},
    ),
    Case(
        "links/no-trailing-slash",
        "get-itwin-imodels",
        {"query": PAGE, "change": {"_links/self/href": f"{API}/{PAGE}"}},
        {"query": PAGE},
    ),
    change("links/storage-type", "create-imodel", iModel___links__upload={"href": STORED}),
    change(
        "links/storage-type",
        "create-imodel-changeset",
        changeset___links__upload={"href": STORED, "storageType": "basement"},
    ),
    change(
        "links/storage-type",
        "get-imodel-baseline-file-details",
        baselineFile___links__download={"href": STORED, "storageType": None},
    ),
    Case("links/agree-with-entity", "get-imodel-details", link("creator", f"{API}/{GUID}/users/{GUID}")),
    Case(
        "links/agree-with-entity",
        "get-imodel-details",
        {
            "change": {
                "iModel/id": GUID,
                "iModel/_links": {
                    "creator": None,
                    "changesets": {"href": f"{API}/{GUID}/namedversions"},
                    "namedVersions": None,
                },
            }
        },
        {
            "change": {
                "iModel/id": GUID,
                "iModel/_links": {
                    "creator": None,
                    "changesets": {"href": f"http://127.0.0.1:7/IMODELS/{GUID.upper()}/Changesets"},
                    "namedVersions": None,
                },
            }
        },
    ),
    *(
        Case(
            "links/agree-with-entity",
            "get-imodel-changeset-details",
            {
                "path": {"id": GUID},
                "change": {"changeset/_links": NO_LINKS | {name: {"href": f"{API}/{GUID}/{wrong}"}}},
            },
            {
                "path": {"id": GUID},
                "change": {"changeset/_links": NO_LINKS | {name: {"href": f"{API}/{GUID}/{right}"}}},
            },
        )
        for NO_LINKS in [
            dict.fromkeys(("self", "creator", "namedVersion", "currentOrPrecedingCheckpoint", "download"))
        ]
        for name, wrong, right in (
            ("self", f"changesets/{HEX}", "changesets/4"),
            ("creator", f"users/{GUID}", "users/5a11c3e7-64bd-4e02-8f95-d3a07b162c48"),
            ("namedVersion", f"changesets/{GUID}", f"namedversions/{GUID}"),
            ("currentOrPrecedingCheckpoint", "changesets/2", "changesets/0/checkpoint"),
        )
    ),
]
