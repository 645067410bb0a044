"""Every error storage can give, and how it is written."""

from __future__ import annotations

from xml.sax.saxutils import escape

from conformance.mock.call import Answer

TABLE: dict[str, tuple[int, str]] = {
    "ConditionNotMet": (412, "The condition of a conditional header is not met."),
    "InvalidBlobOrBlock": (400, "The id of a block is not like the others of this blob."),
    "InvalidBlockList": (400, "The list names a block that was not uploaded."),
    "InvalidHeaderValue": (400, "A header has a value that is not in the correct format."),
    "InvalidMd5": (400, "Content-MD5 is no MD5 in base64."),
    "InvalidQueryParameterValue": (400, "A query parameter has a value that is not allowed."),
    "InvalidUri": (400, "The address names no file."),
    "InvalidXmlDocument": (400, "The body is not the XML this request takes."),
    "Md5Mismatch": (400, "Content-MD5 is not the MD5 of the body."),
    "MissingRequiredHeader": (400, "A required header is missing: x-ms-blob-type."),
    "AuthenticationFailed": (403, "The signature of the link is not valid for this request."),
    "AuthorizationPermissionMismatch": (403, "The link does not give the right to do this."),
    "BlobNotFound": (404, "The blob does not exist."),
    "UnsupportedHttpVerb": (405, "The resource does not support this method."),
    "BlockCountExceedsLimit": (409, "The blob has too many blocks that wait for their list."),
    "BlobAlreadyExists": (409, "The blob exists already."),
    "RequestBodyTooLarge": (413, "The body or the blob is larger than allowed."),
    "InvalidRange": (416, "The range lies outside the blob."),
}


class Refusal(Exception):
    """A refusal of storage; whoever raises it says the code."""

    def __init__(self, code: str, detail: str = "", headers: dict[str, str] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.headers = headers or {}

    def render(self) -> Answer:
        """The answer, with its reason in XML."""
        status, message = TABLE[self.code]
        detail = (
            self.detail and f"<AuthenticationErrorDetail>{escape(self.detail)}</AuthenticationErrorDetail>"
        )
        text = (
            '<?xml version="1.0" encoding="utf-8"?>'
            f"<Error><Code>{self.code}</Code><Message>{escape(message)}</Message>{detail}</Error>"
        )
        headers = {"x-ms-error-code": self.code, **self.headers}
        return Answer(status, headers=headers, content=text.encode(), media_type="application/xml")
