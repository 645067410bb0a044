"""Answers of any kind."""

from __future__ import annotations

from tests.checks.tables.case import DROP, TOKEN, Case, change, error

ANSWERS = [
    Case("answers/no-server-error", "get-imodel-details", {"status": 500, "body": None}),
    Case("answers/no-server-error", "get-imodel-details", {"status": 503, "content": b"<html>down</html>"}),
    Case("answers/documented-success", "get-imodel-details", {"status": 203, "body": None}),
    Case("answers/documented-success", "delete-imodel", {"status": 200, "body": None}),
    Case("answers/documented-refusal", "get-imodel-details", {"status": 405, "body": None}, {"status": 404}),
    Case("answers/media-type", "get-imodel-details", {"headers": {"content-type": "text/plain"}}),
    Case("answers/media-type", "get-imodel-details", {"headers": {"content-type": DROP}}),
    Case("answers/media-type", "get-imodel-thumbnail", {"headers": {"content-type": "image/jpeg"}}),
    Case(
        "answers/media-type",
        "get-imodel-details",
        {"content": b"<html>", "headers": {"content-type": "text/html"}},
        {"headers": {"content-type": "Application/JSON; charset=utf-8"}},
    ),
    change("answers/body-matches-schema", "get-imodel-details", iModel__isSecured="no"),
    change("answers/body-matches-schema", "get-imodel-details", iModel__isSecured=DROP),
    change("answers/body-matches-schema", "get-imodel-details", iModel__createdDateTime="yesterday"),
    change(
        "answers/body-matches-schema", "get-imodel-details", iModel__createdDateTime="2026-01-05T10:00:00"
    ),
    change("answers/body-matches-schema", "get-imodel-details", iModel__dataCenterLocation="Atlantis"),
    change("answers/body-matches-schema", "get-imodel-locks", locks__0__briefcaseId="two"),
    change("answers/body-matches-schema", "get-itwin-imodels", iModels__0__id="no guid"),
    change("answers/body-matches-schema", "create-imodel-changeset", changeset__fileSize="812"),
    change("answers/body-matches-schema", "get-imodel-users", _links__prev=7),
    Case("answers/body-matches-schema", "get-imodel-details", {"body": {}}),
    Case("answers/body-matches-schema", "get-imodel-details", {"body": []}),
    Case("answers/body-matches-schema", "get-imodel-details", {"body": None}),
    Case(
        "answers/body-matches-schema",
        "get-imodel-details",
        {"content": b'{"iModel":', "headers": {"content-type": "application/json"}},
    ),
    change("answers/body-matches-observed", "get-imodel-changeset-details", changeset__id="no-hex"),
    change("answers/body-matches-observed", "get-imodel-user-details", user__givenName=""),
    change("answers/body-matches-observed", "get-imodel-details", iModel__containersEnabled="none"),
    change("answers/body-matches-observed", "update-named-version-checkpoint", checkpoint__state="odd"),
    Case("answers/body-matches-observed", "update-named-version-checkpoint", {"body": None}),
    Case("answers/no-body-with-204", "delete-imodel", {"status": 204, "content": b"gone"}),
    Case(
        "answers/no-body-with-204",
        "release-imodel-briefcase",
        {"headers": {"content-length": "16"}},
        {"headers": {"content-length": "0"}},
    ),
    Case("answers/documented-headers", "clone-imodel", {"headers": {"location": DROP}}),
    Case("answers/documented-headers", "fork-imodel", {"headers": {"create-imodel-operation": DROP}}),
    change("answers/undocumented-members", "get-imodel-details", iModel__storageAccount="internal"),
    change("answers/undocumented-members", "get-itwin-imodels", {"full": True}, iModels__0___links__x=None),
    change("answers/integers-in-range", "get-imodel-locks", locks__0__briefcaseId=2**31),
    change("answers/integers-in-range", "get-imodel-named-versions", namedVersions__0__changesetIndex=2**63),
    change(
        "answers/dates-are-utc", "get-imodel-details", iModel__createdDateTime="2026-01-05T10:00:00+02:00"
    ),
    Case(
        "answers/dates-are-utc",
        "get-imodel-changesets",
        {"change": {"changesets/0/pushDateTime": "2026-01-05T10:00:00.12-05:30"}},
        {"change": {"changesets/0/pushDateTime": "2026-01-05T10:00:00+00:00"}},
    ),
]

LEAKS = [
    'Traceback (most recent call last):\n  File "/srv/a.py", line 3, in find',
    "Boom\r\n   at Service.Handlers.IModels.Get(Guid id) in C:\\agent\\Get.cs:line 31",
    "java.lang.NullPointerException\n\tat com.example.Models.get(Models.java:31)",
    "TypeError: x\n    at Object.get (/app/dist/models.js:31:7)",
    "panic: nil\n\ngoroutine 7 [running]:\nmain.get()",
    "cannot open /var/lib/service/models.py",
    "cannot read D:\\home\\site\\wwwroot\\web.config",
    "see https://a.blob.core.windows.net/c/b?sv=1&sig=abcdefghijk",
    f"token {TOKEN} is not good",
]
NO_LEAK = [
    Case("answers/no-leak", "get-imodel-details", {"status": 404, "body": error(message=text)})
    for text in LEAKS
] + [
    Case("answers/no-leak", "get-imodel-details", {"headers": {"x-debug": f"Bearer {TOKEN}"}}),
    Case(
        "answers/no-leak", "get-imodel-details", {"status": 404, "body": None, "content": LEAKS[0].encode()}
    ),
]
