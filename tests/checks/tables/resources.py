"""The resources, each by its own rows."""

from __future__ import annotations

from typing import Any

from tests.checks.tables.case import API, DROP, GUID, HEX, ITWIN, PAGE, STORED, Case, change, link

NAMED = {"namedVersion/name": "v", "namedVersion/displayName": "v"}
NOBODY = "00000000-0000-4000-8000-00000000dead"
SHOWN = "6fa1c04b83e72d95f08b1c6a47d3e9205b8f14ac"
GROUPED = {"id": SHOWN, "briefcaseId": 2, "fileSize": 812, "groupId": GUID}
OTHER_NAME: dict[str, Any] = {"share__name": "Closed day", "share__displayName": "Closed day"}
ROLES = {
    "rolePermissions": [
        {"roleId": GUID[:-1] + "7", "permissions": ["imodels_webview", "imodels_read"]},
        {"roleId": HEX, "permissions": []},
    ]
}
PERSON = f"{API}/{GUID}/users"
SHORT = {"id": GUID, "displayName": "Bridge", "dataCenterLocation": "East US"}
RESOURCES = [
    change("imodels/create-echoes", "create-imodel", iModel__description="Another"),
    change("imodels/create-echoes", "create-imodel", iModel__iTwinId=GUID),
    change("imodels/create-echoes", "create-imodel", iModel__extent=None),
    change("imodels/create-echoes", "create-imodel", iModel__extent__southWest__latitude=1),
    Case(
        "imodels/null-when-absent",
        "create-imodel",
        {
            "sent": {"iTwinId": ITWIN, "name": "North tunnel"},
            "change": {"iModel/extent": None, "iModel/description": ""},
        },
        {
            "sent": {"iTwinId": ITWIN, "name": "North tunnel", "description": None},
            "change": {"iModel/extent": None, "iModel/description": None},
        },
    ),
    change("imodels/display-name-is-name", "get-imodel-details", iModel__displayName="Old name"),
    change(
        "imodels/display-name-is-name",
        "get-itwin-imodels",
        {"full": True},
        iModels__0__displayName="Old name",
    ),
    change("imodels/update-applies", "update-imodel", iModel__description="First revision"),
    Case(
        "imodels/update-applies",
        "update-imodel",
        {"sent": {"name": "New name"}},
        {"sent": {"name": None, "description": "Second revision "}},
    ),
    Case("copies/no-body", "clone-imodel", {"content": b"{}"}),
    Case(
        "copies/location-names-the-copy",
        "clone-imodel",
        {"headers": {"location": f"{API}/7c1e0d52-8f3b-4a96-b1d4-5e60c7a9f213"}},
    ),
    Case(
        "copies/location-names-the-copy",
        "fork-imodel",
        {"headers": {"location": f"{API}/91aa3b1f-0c52-4d8e-9f67-2a4b6c8d0e1f/operations/create"}},
    ),
    Case(
        "copies/location-names-the-copy",
        "fork-imodel",
        {
            "headers": {
                "location": f"{API}/pending",
                "create-imodel-operation": f"{API}/pending/operations/create",
            }
        },
    ),
    Case(
        "copies/operation-header", "clone-imodel", {"headers": {"create-imodel-operation": f"{API}/{GUID}"}}
    ),
    Case(
        "copies/operation-header",
        "clone-imodel",
        {"headers": {"create-imodel-operation": f"{API}/{GUID}/operations/create"}},
    ),
    Case(
        "copies/operation-header",
        "fork-imodel",
        {"path": {"id": GUID}, "headers": {"create-imodel-operation": f"{API}/{GUID}/operations/create"}},
    ),
    change("changesets/create-echoes", "create-imodel-changeset", changeset__fileSize=1),
    change("changesets/create-echoes", "create-imodel-changeset", changeset__description="Another"),
    change("changesets/create-echoes", "create-imodel-changeset", changeset__parentId=HEX),
    change(
        "changesets/provisional-until-completed", "create-imodel-changeset", changeset__state="fileUploaded"
    ),
    change("changesets/provisional-until-completed", "create-imodel-changeset", changeset__state=DROP),
    change(
        "changesets/provisional-until-completed", "create-imodel-changeset", changeset___links__upload=None
    ),
    change(
        "changesets/provisional-until-completed", "create-imodel-changeset", changeset___links__complete=DROP
    ),
    Case(
        "changesets/create-echoes",
        "create-imodel-changeset",
        {"sent": GROUPED, "change": {"changeset/groupId": NOBODY}},
        {"sent": GROUPED, "change": {"changeset/groupId": GUID.upper()}},
    ),
    change("extended-data/create-echoes", "create-imodel-changeset-extended-data", extendedData__data="e30="),
    Case(
        "extended-data/names-changeset",
        "create-imodel-changeset-extended-data",
        {"path": {"changeset": "5"}},
        {"path": {"changeset": "4"}},
    ),
    Case(
        "extended-data/names-changeset",
        "get-imodel-changeset-extended-data-details",
        {"path": {"changeset": HEX}},
        {"path": {"changeset": SHOWN.upper()}},
    ),
    Case(
        "extended-data/names-changeset",
        "get-imodel-changeset-extended-data-details",
        {"path": {"changeset": "1" * 40}},
        {"path": {"changeset": "1" * 40}, "change": {"extendedData/changesetId": "1" * 40}},
    ),
    change(
        "changeset-groups/create-echoes", "create-imodel-changeset-group", changesetGroup__description=None
    ),
    Case(
        "changeset-groups/create-echoes",
        "create-imodel-changeset-group",
        {"change": {"changesetGroup/description": "Daily import"}},
        {"sent": {"description": None}, "change": {"changesetGroup/description": ""}},
    ),
    change(
        "changeset-groups/begins-in-progress",
        "create-imodel-changeset-group",
        changesetGroup__state="timedOut",
    ),
    change(
        "changeset-groups/update-applies", "update-imodel-changeset-group", changesetGroup__state="inProgress"
    ),
    change("changesets/display-name-is-index", "get-imodel-changeset-details", changeset__displayName="0"),
    change("changesets/display-name-is-index", "update-imodel-changeset", changeset__displayName="#4"),
    Case(
        "named-versions/create-echoes",
        "create-imodel-named-version",
        {
            "sent": {"name": "v", "description": "Mine"},
            "change": NAMED | {"namedVersion/description": "Yours"},
        },
        {
            "sent": {"name": "v", "description": "Mine"},
            "change": NAMED | {"namedVersion/description": "Mine"},
        },
    ),
    change("named-versions/create-echoes", "create-imodel-named-version", namedVersion__state="hidden"),
    change(
        "named-versions/display-name-is-name",
        "get-imodel-named-version-details",
        namedVersion__displayName="x",
    ),
    Case(
        "named-versions/update-applies",
        "update-imodel-named-version",
        {"sent": {"state": "hidden"}, "change": {"namedVersion/state": "visible"}},
        {"sent": {"state": "hidden"}, "change": {"namedVersion/state": "hidden"}},
    ),
    Case(
        "checkpoints/successful-has-file",
        "get-changeset-checkpoint",
        {
            "change": {
                "checkpoint/state": "successful",
                "checkpoint/containerAccessInfo": None,
                "checkpoint/directoryAccessInfo": None,
                "checkpoint/_links/download": None,
            }
        },
        {
            "change": {
                "checkpoint/state": "successful",
                "checkpoint/containerAccessInfo": None,
                "checkpoint/directoryAccessInfo": None,
                "checkpoint/_links/download": {"href": STORED, "storageType": "azure"},
            }
        },
    ),
    Case(
        "checkpoints/unfinished-has-no-file",
        "get-named-version-checkpoint",
        {
            "change": {
                "checkpoint/state": "scheduled",
                "checkpoint/directoryAccessInfo": None,
                "checkpoint/_links/download": {"href": STORED, "storageType": "azure"},
            }
        },
        {
            "change": {
                "checkpoint/state": "scheduled",
                "checkpoint/directoryAccessInfo": None,
                "checkpoint/_links/download": None,
            }
        },
    ),
    change("briefcases/acquire-echoes", "acquire-imodel-briefcase", briefcase__deviceName=None),
    change("briefcases/acquire-echoes", "acquire-imodel-briefcase", briefcase__displayName="Laptop"),
    change("briefcases/id-is-text-of-briefcase-id", "get-imodel-briefcase-details", briefcase__id="77"),
    change(
        "briefcases/id-is-text-of-briefcase-id",
        "get-imodel-briefcases",
        {"full": True},
        briefcases__0__id="077",
    ),
    change("briefcases/checkpoint-link", "get-imodel-briefcase-details", briefcase___links__checkpoint=DROP),
    change("briefcases/checkpoint-link", "acquire-imodel-briefcase", briefcase___links__checkpoint=None),
    change("locks/acquire-answers-acquired", "update-imodel-locks", lock__briefcaseId=99),
    *(
        Case(
            "locks/acquire-answers-acquired",
            "update-imodel-locks",
            {"sent": ASKED, "change": {"lock": {"briefcaseId": 2, "lockedObjects": wrong}}},
            {
                "sent": ASKED,
                "change": {
                    "lock": {
                        "briefcaseId": 2,
                        "lockedObjects": [{"lockLevel": "exclusive", "objectIds": ["0xA", "0x0b"]}],
                    }
                },
            },
        )
        for ASKED in [
            {
                "briefcaseId": 2,
                "lockedObjects": [
                    {"lockLevel": "exclusive", "objectIds": ["0xa"]},
                    {"lockLevel": "shared", "objectIds": ["0xb"]},
                    {"lockLevel": "none", "objectIds": ["0xc"]},
                ],
            }
        ]
        for wrong in (
            [{"lockLevel": "shared", "objectIds": ["0xa"]}],
            [{"lockLevel": "shared", "objectIds": ["0xc"]}],
            [{"lockLevel": "exclusive", "objectIds": ["0xd"]}],
        )
    ),
    Case(
        "permissions/roles-come-back",
        "update-imodel-role-permissions",
        {"sent": ROLES, "change": {"rolePermissions/0/permissions": ["imodels_webview"]}},
        {
            "sent": ROLES,
            "change": {
                "rolePermissions": [
                    {"roleId": GUID, "permissions": ["imodels_read"]},
                    {"roleId": GUID.upper()[:-1] + "7", "permissions": ["imodels_read", "imodels_webview"]},
                ]
            },
        },
    ),
    change("permissions/roles-come-back", "update-imodel-role-permissions", rolePermissions=[]),
    change("permissions/users-come-back", "update-imodel-user-permissions", userPermissions=[]),
    change("shares/create-echoes", "create-imodel-share", share__permission="imodels_read"),
    change("shares/create-echoes", "create-imodel-share", share__expiresAt="2026-03-02T00:00:00Z"),
    change("shares/create-echoes", "create-imodel-share", **OTHER_NAME),
    change("shares/key-is-shown-once", "get-imodel-share", share__shareKey="a-key"),
    change("shares/key-is-shown-once", "get-imodel-shares", shares__0__shareKey="a-key"),
    change("shares/update-applies", "update-imodel-share", share__expiresAt="2026-03-01T00:00:00Z"),
    change("shares/display-name-is-name", "get-imodel-share", share__displayName="Old name"),
    change("shares/display-name-is-name", "get-imodel-shares", shares__0__displayName="Old name"),
    change("users/display-name-is-email", "get-imodel-user-details", user__displayName="Eve"),
    change(
        "users/last-push-null-without-pushes",
        "get-imodel-user-details",
        user__statistics__pushedChangesetsCount=0,
        user__statistics__lastChangesetPushDate="2026-01-05T10:00:00Z",
    ),
    change(
        "users/last-push-null-without-pushes",
        "get-imodel-user-details",
        user__statistics__pushedChangesetsCount=3,
        user__statistics__lastChangesetPushDate=None,
    ),
    Case(
        "users/self-link",
        "get-imodel-user-details",
        {"path": {"id": GUID}, **link("self", f"{PERSON}/{GUID}", "user")},
    ),
    Case(
        "users/self-link", "get-imodel-user-details", {"path": {"id": GUID}, **link("self", PERSON, "user")}
    ),
    change(
        "baseline-files/named-after-imodel",
        "get-imodel-baseline-file-details",
        baselineFile__displayName="a.bim",
    ),
    Case(
        "thumbnails/is-png",
        "get-imodel-thumbnail",
        {"content": b"GIF89a", "headers": {"content-type": "image/png"}},
    ),
    Case("thumbnails/no-body", "upload-imodel-thumbnail", {"content": b"{}"}),
    Case(
        "recents/page-size",
        "get-my-recently-used-imodels",
        {"query": PAGE, "change": {"iModels": [SHORT, SHORT]}},
        {"query": PAGE},
    ),
    change("recents/representations", "get-my-recently-used-imodels", iModels__0__isSecured=True),
    change(
        "recents/representations",
        "get-my-recently-used-imodels",
        {"full": True},
        iModels__0__isSecured=DROP,
    ),
]
