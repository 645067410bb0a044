"""Refusals, and requests made wrong on purpose."""

from __future__ import annotations

from conformance.exchange import Expected
from tests.checks.tables.case import DROP, Case, details, error

ERRORS = [
    Case("errors/envelope", "get-imodel-details", {"status": 404, "body": body}, {"status": 404})
    for body in (
        {"error": "iModelNotFound"},
        {"error": None},
        {"error": {"message": "No."}},
        {"error": {"code": "iModelNotFound"}},
        {"error": {"code": 404, "message": "No."}},
    )
] + [
    Case("errors/code-of-status", "get-imodel-details", {"status": 401, "body": error()}, {"status": 401}),
    Case(
        "errors/code-of-status",
        "update-imodel",
        {"status": 409, "body": error("InsufficientPermissions")},
        {"status": 403},
    ),
    Case(
        "errors/documented-code",
        "get-imodel-details",
        {"status": 404, "body": error("Gone")},
        {"status": 404},
    ),
    Case(
        "errors/documented-code",
        "get-imodel-details",
        {"status": 404, "body": error("UserNotFound")},
        {"status": 404},
    ),
    Case(
        "errors/details-only-when-invalid",
        "get-imodel-details",
        {"status": 404, "body": error(details=[])},
        {"status": 404, "body": error(target=None)},
    ),
    *(
        Case("errors/details-say-what", "update-imodel", {"status": 422, "body": body}, {"status": 422})
        for body in (
            error("InvalidiModelsRequest"),
            details(),
            details("name"),
            details({"code": "", "message": ""}),
            details({"code": "InvalidValue", "message": "No.", "target": "name"}, {"code": "InvalidValue"}),
            error("InvalidiModelsRequest", details={"code": "InvalidValue"}),
        )
    ),
    Case(
        "access/refusal-has-no-details",
        "get-imodel-details",
        {"status": 401, "body": error("Unauthorized", details=[{"code": "x", "message": "y"}])},
        {"status": 401},
    ),
    Case(
        "limits/retry-after",
        "get-imodel-details",
        {"status": 429, "headers": {"retry-after": DROP}},
        {"status": 429},
    ),
    Case(
        "limits/retry-after",
        "create-imodel",
        {"status": 429, "headers": {"retry-after": "soon"}},
        {"status": 429},
    ),
]

EXPECTED = (
    [
        Case(
            "requests/missing-property",
            "create-imodel",
            {"status": 422, "expected": asked, "body": wrong},
            {
                "status": 422,
                "expected": asked,
                "body": details(
                    {"code": "InvalidValue", "message": "No.", "target": "extent"},
                    {"code": "MissingRequiredProperty", "message": "No.", "target": "Name"},
                ),
            },
        )
        for asked in [
            Expected(
                "requests/missing-property",
                (422,),
                "InvalidiModelsRequest",
                "MissingRequiredProperty",
                "name",
                what="no name",
            )
        ]
        for wrong in (
            error("MissingRequestBody"),
            details({"code": "MissingRequiredProperty", "message": "No.", "target": "iTwinId"}),
        )
    ]
    + [
        Case(
            "access/no-token",
            "get-imodel-details",
            {"status": 404, "expected": asked},
            {"status": 401, "body": None, "expected": asked},
        )
        for asked in [Expected("access/no-token", (401,), "HeaderNotFound", what="no token")]
    ]
    + [
        Case(
            "requests/plainest-accepted",
            "create-imodel",
            {"status": 422, "expected": asked, "body": wrong},
            {"status": 422, "expected": asked, "body": used_up},
        )
        for asked in [
            Expected("requests/plainest-accepted", (200, 201, 202, 204), what="the plainest request")
        ]
        for used_up in [details({"code": "ResourceQuotaExceeded", "message": "No."})]
        for wrong in (
            error("MissingRequestBody"),
            details({"code": "InvalidValue", "message": "No.", "target": "name"}),
        )
    ]
)
