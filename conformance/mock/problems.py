"""Every error the service can give."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

INVALID = "InvalidiModelsRequest"

TABLE: dict[str, tuple[int, str]] = {
    "HeaderNotFound": (401, "The Authorization header is missing."),
    "InvalidHeaderValue": (401, "The Authorization header has no value."),
    "InvalidAuthorizationScheme": (401, "The scheme of the Authorization header is not accepted."),
    "Unauthorized": (
        401,
        "Access denied due to invalid access_token. Make sure that issuer is correct, "
        "the token is not expired and is not corrupted.",
    ),
    "RequiredScopeMissing": (401, "The token lacks the scope that this operation needs."),
    "InvalidApplicationTier": (401, "The tier of the application does not include this API."),
    "InsufficientPermissions": (403, "The caller lacks a permission that this operation needs."),
    "iTwinNotFound": (404, "Requested iTwin is not available."),
    "iModelNotFound": (404, "Requested iModel is not available."),
    "UserNotFound": (404, "Requested User is not available."),
    "ShareNotFound": (404, "Requested Share is not available."),
    "BaselineFileNotFound": (404, "Requested Baseline File is not available."),
    "FileNotFound": (404, "The file is not in storage."),
    "BriefcaseNotFound": (404, "Requested Briefcase is not available."),
    "ChangesetNotFound": (404, "Requested Changeset is not available."),
    "ChangesetExtendedDataNotFound": (404, "Requested Changeset Extended Data is not available."),
    "ChangesetGroupNotFound": (404, "Requested Changeset Group is not available."),
    "NamedVersionNotFound": (404, "Requested Named Version is not available."),
    "CheckpointNotFound": (404, "Requested Checkpoint is not available."),
    "LockNotFound": (404, "Requested Lock(s) is not available."),
    "ResourceNotFound": (404, "Nothing is at this path."),
    "MethodNotAllowed": (405, "The path does not know this method."),
    "iTwinExists": (409, "The number is taken by another iTwin."),
    "iModelExists": (409, "The name is taken by another iModel of the iTwin."),
    "iModelNotInitialized": (409, "The iModel is not initialized yet."),
    "DataConflict": (409, "The size of the stored file is not the declared one."),
    "NewerChangesExist": (409, "The parent is not the latest Changeset."),
    "ChangesetExists": (409, "The iModel has a Changeset with this id."),
    "ConflictWithAnotherUser": (409, "Another user is at work here."),
    "ChangesetGroupIsClosed": (409, "The Changeset Group is closed."),
    "ChangesetExtendedDataExists": (409, "The Changeset has Extended Data."),
    "NamedVersionExists": (409, "The name is taken by another Named Version."),
    "NamedVersionOnChangesetExists": (409, "The Changeset has a Named Version."),
    "InvalidHttpRequest": (400, "The request is no HTTP/1.1 that could be read."),
    "RequestTimeout": (408, "The rest of the request did not come in time."),
    "RequestHeaderFieldsTooLarge": (431, "The head of the request is longer than allowed."),
    "RequestTooLarge": (413, "The request is larger than allowed."),
    "UnsupportedMediaType": (415, "The media type is not supported."),
    "InvalidiTwinsRequest": (422, "The request about iTwins is not valid."),
    INVALID: (422, "The request is not valid."),
    "ResourceQuotaExceeded": (422, "The quota is used up."),
    "MissingRequestBody": (422, "The request has no body."),
    "TooManyRequests": (429, "The subscription allows no more requests for now."),
    "RateLimitExceeded": (429, "The service allows no more requests of this kind for now."),
}

MESSAGES = {
    "InvalidValue": "Provided '{target}' value is not valid.",
    "MissingRequiredProperty": "Required property '{target}' is missing.",
    "MissingRequiredHeader": "Required header '{target}' is missing.",
    "MissingRequiredParameter": "Required parameter '{target}' is missing.",
    "InvalidRequestBody": "The request body could not be read.",
    "InvalidHeaderValue": "Header '{target}' has a value that is not supported.",
    "InvalidChange": "The resource does not allow this change now.",
    "ResourceQuotaExceeded": "The quota is used up.",
    "MutuallyExclusiveParametersProvided": "Parameters that exclude each other were given.",
    "MutuallyExclusivePropertiesProvided": "Properties that exclude each other were given.",
}


@dataclass(frozen=True)
class Detail:
    """One entry of `error.details`."""

    code: str
    target: str | None = None
    inner: str | None = None
    message: str | None = None

    def render(self) -> dict[str, Any]:
        """The entry as it stands in an answer."""
        text = MESSAGES["MissingRequiredProperty"] if self.target else "A required property is missing."
        text = MESSAGES[self.code] if self.code != "MissingRequiredProperty" else text
        entry: dict[str, Any] = {
            "code": self.code,
            "message": self.message or text.format(target=self.target),
        }
        if self.target is not None:
            entry["target"] = self.target
        if self.inner is not None:
            entry["innerError"] = {"code": self.inner}
        return entry


class Problem(Exception):
    """A refusal; whoever raises it says the code, the wire renders it."""

    def __init__(
        self,
        code: str,
        details: Iterable[Detail] = (),
        *,
        message: str | None = None,
        headers: dict[str, str] | None = None,
        status: int | None = None,
        **extra: Any,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.details = tuple(details)
        self.status = status or TABLE[code][0]
        self.message = message
        self.headers = headers or {}
        self.extra = extra

    def render(self, cannot: str | None) -> dict[str, Any]:
        """The body of the answer; `cannot` is what the operation says of an invalid request."""
        message = self.message or (cannot if self.code == INVALID else None) or TABLE[self.code][1]
        error: dict[str, Any] = {"code": self.code, "message": message}
        if self.details:
            error["details"] = [detail.render() for detail in self.details]
        return {"error": {**error, **self.extra}}


def invalid(code: str, target: str | None = None, inner: str | None = None) -> Problem:
    """An invalid request with one entry of details."""
    return Problem(INVALID, [Detail(code, target, inner)])
