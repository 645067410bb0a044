"""The rows from which the rules about documents are made: one row, both directions, and what undoes it."""

from __future__ import annotations

from typing import NamedTuple

B, W, I = "breaking", "warning", "info"  # noqa: E741 - the three levels, as short as the table needs them


class Both(NamedTuple):
    """A change that can be met in requests and in answers."""

    name: str
    opposite: str
    request: str
    why_request: str
    response: str
    why_response: str


class One(NamedTuple):
    """A change that can be met in one direction only, or on the operation as a whole."""

    name: str
    opposite: str
    level: str
    why: str


REFUSED = "what callers send today is refused"
ACCEPTED = "everything sent today is still accepted"
UNKNOWN = "clients meet values they were told would never come"
LESS = "everything that comes was possible before"

SCHEMA = (
    Both(
        "property-added",
        "property-removed",
        I,
        "nobody has to send the new member",
        I,
        "clients ignore members they do not know",
    ),
    Both(
        "property-removed",
        "property-added",
        W,
        "whoever sends the member is refused, or it has no effect any more",
        W,
        "clients that look for the member never find it; they were told that it may be absent",
    ),
    Both(
        "required-property-added",
        "required-property-removed",
        B,
        "callers of today do not send the member",
        I,
        "clients ignore members they do not know",
    ),
    Both(
        "required-property-removed",
        "required-property-added",
        W,
        "everybody sends the member, and nobody needs it any more",
        B,
        "clients rely on a member that they were told is always there",
    ),
    Both(
        "property-became-required",
        "property-became-optional",
        B,
        "callers that leave the member out are refused",
        I,
        "clients that cope with its absence still work",
    ),
    Both(
        "property-became-optional",
        "property-became-required",
        I,
        "callers may still send the member",
        B,
        "clients rely on a member that may now be absent",
    ),
    Both(
        "property-deprecated",
        "property-undeprecated",
        I,
        "the member is announced to go",
        I,
        "the member is announced to go",
    ),
    Both(
        "property-undeprecated",
        "property-deprecated",
        I,
        "the member is not announced to go any more",
        I,
        "the member is not announced to go any more",
    ),
    Both("type-narrowed", "type-widened", B, REFUSED, I, LESS),
    Both("type-widened", "type-narrowed", I, ACCEPTED, B, UNKNOWN),
    Both(
        "type-changed",
        "type-changed",
        B,
        "values of the old type are refused",
        B,
        "clients read the value as another type",
    ),
    Both("became-nullable", "became-not-nullable", I, "null is accepted too", B, "clients meet a null"),
    Both(
        "became-not-nullable", "became-nullable", B, "a null is refused", I, "the null does not come any more"
    ),
    Both("enum-added", "enum-removed", B, "only listed values are accepted now", I, LESS),
    Both("enum-removed", "enum-added", I, "any value is accepted now", B, UNKNOWN),
    Both("enum-value-added", "enum-value-removed", I, "one more value is accepted", B, UNKNOWN),
    Both("enum-value-removed", "enum-value-added", B, "callers that send the value are refused", I, LESS),
    Both("format-added", "format-removed", B, REFUSED, I, LESS),
    Both(
        "format-removed", "format-added", I, ACCEPTED, B, "clients parse the text by a form it need not have"
    ),
    Both("format-narrowed", "format-widened", B, REFUSED, I, LESS),
    Both("format-widened", "format-narrowed", I, ACCEPTED, B, UNKNOWN),
    Both("format-changed", "format-changed", B, REFUSED, B, "clients parse the text by its old form"),
    Both("pattern-added", "pattern-removed", B, REFUSED, I, LESS),
    Both("pattern-removed", "pattern-added", I, ACCEPTED, W, "texts of another form can come"),
    Both(
        "pattern-changed",
        "pattern-changed",
        W,
        "texts of the old form may be refused",
        W,
        "texts of another form can come",
    ),
    Both("multiple-of-narrowed", "multiple-of-widened", B, REFUSED, I, LESS),
    Both("multiple-of-widened", "multiple-of-narrowed", I, ACCEPTED, W, UNKNOWN),
    Both("multiple-of-changed", "multiple-of-changed", B, REFUSED, W, UNKNOWN),
    Both(
        "items-became-unique", "items-became-repeatable", B, "lists with an item twice are refused", I, LESS
    ),
    Both("items-became-repeatable", "items-became-unique", I, ACCEPTED, W, "an item can come twice"),
    Both(
        "additional-properties-narrowed",
        "additional-properties-widened",
        B,
        "callers that send other members are refused",
        I,
        LESS,
    ),
    Both(
        "additional-properties-widened",
        "additional-properties-narrowed",
        I,
        "other members are accepted too",
        W,
        "members nobody has described can come",
    ),
    Both(
        "alternative-added",
        "alternative-removed",
        I,
        "one more form is accepted",
        B,
        "clients meet a form they do not know",
    ),
    Both("alternative-removed", "alternative-added", B, "callers that send this form are refused", I, LESS),
    Both(
        "alternatives-narrowed", "alternatives-widened", B, "only the listed forms are accepted now", I, LESS
    ),
    Both(
        "alternatives-widened",
        "alternatives-narrowed",
        I,
        ACCEPTED,
        W,
        "other forms than the listed ones can come",
    ),
    Both(
        "discriminator-changed",
        "discriminator-changed",
        B,
        "the member that tells the form is another",
        B,
        "the member that tells the form is another",
    ),
    Both("condition-added", "condition-removed", B, "a further condition must be met", I, LESS),
    Both("condition-removed", "condition-added", I, ACCEPTED, W, "a condition that clients rely on is gone"),
    Both(
        "condition-changed",
        "condition-changed",
        W,
        "what met the old condition need not meet the new one",
        W,
        "what clients rely on is another condition",
    ),
    Both(
        "encoding-changed",
        "encoding-changed",
        B,
        "bytes are to be written in another way",
        B,
        "bytes are to be read in another way",
    ),
    Both(
        "default-changed",
        "default-changed",
        W,
        "leaving the value out means something else",
        I,
        "the value was always sent",
    ),
)

LIMITS = {
    "maximum": "numbers",
    "minimum": "numbers",
    "max-length": "texts",
    "min-length": "texts",
    "max-items": "lists",
    "min-items": "lists",
    "max-properties": "objects",
    "min-properties": "objects",
}
"""Limit → of what; from each come two rules for each direction."""

REQUEST = (
    One("parameter-added", "parameter-removed", I, "nobody has to send it"),
    One(
        "parameter-removed", "parameter-added", W, "whoever sends it is refused, or it has no effect any more"
    ),
    One("required-parameter-added", "required-parameter-removed", B, "callers of today do not send it"),
    One(
        "required-parameter-removed",
        "required-parameter-added",
        W,
        "everybody sends it, and it has no effect any more",
    ),
    One("parameter-became-required", "parameter-became-optional", B, "callers that leave it out are refused"),
    One("parameter-became-optional", "parameter-became-required", I, "callers may still send it"),
    One("parameter-deprecated", "parameter-undeprecated", I, "the parameter is announced to go"),
    One("parameter-undeprecated", "parameter-deprecated", I, "the parameter is not announced to go any more"),
    One(
        "parameter-style-changed",
        "parameter-style-changed",
        B,
        "the same value is to be written in another way",
    ),
    One("empty-value-allowed", "empty-value-refused", I, "the parameter may be sent empty"),
    One("empty-value-refused", "empty-value-allowed", B, "callers that send the parameter empty are refused"),
    One("body-added", "body-removed", I, "nobody has to send a body"),
    One("body-removed", "body-added", W, "whoever sends a body is refused, or it has no effect any more"),
    One("required-body-added", "required-body-removed", B, "callers of today send no body"),
    One(
        "required-body-removed",
        "required-body-added",
        B,
        "nothing is told of what everybody has to send today",
    ),
    One("body-became-required", "body-became-optional", B, "callers without a body are refused"),
    One("body-became-optional", "body-became-required", I, "callers may still send the body"),
    One("media-type-added", "media-type-removed", I, "one more form is accepted"),
    One("media-type-removed", "media-type-added", B, "callers that send this form are refused"),
)

RESPONSE = (
    One("success-status-added", "success-status-removed", W, "clients that wait for one status meet another"),
    One("success-status-removed", "success-status-added", B, "clients wait for a status that does not come"),
    One("error-status-added", "error-status-removed", W, "clients meet a refusal they were not told of"),
    One("error-status-removed", "error-status-added", I, "clients wait for a refusal that does not come"),
    One("error-code-added", "error-code-removed", W, "clients meet a code they were not told of"),
    One("error-code-removed", "error-code-added", W, "clients that act on the code never see it"),
    One("error-detail-added", "error-detail-removed", I, "refusals say more than before"),
    One("error-detail-removed", "error-detail-added", W, "clients that act on the detail never see it"),
    One("body-added", "body-removed", I, "clients may leave the body unread"),
    One("body-removed", "body-added", B, "clients read a body that does not come"),
    One("media-type-added", "media-type-removed", W, "clients can get a form they were not told of"),
    One("media-type-removed", "media-type-added", B, "clients that read this form do not get it"),
    One("header-added", "header-removed", I, "clients ignore headers they do not know"),
    One("header-removed", "header-added", W, "clients that look for the header never find it"),
    One("required-header-added", "required-header-removed", I, "clients ignore headers they do not know"),
    One("required-header-removed", "required-header-added", B, "clients rely on a header that does not come"),
    One(
        "header-became-required", "header-became-optional", I, "clients that cope with its absence still work"
    ),
    One("header-became-optional", "header-became-required", B, "clients rely on a header that may be absent"),
    One("link-added", "link-removed", I, "one more way leads on from the answer"),
    One("link-removed", "link-added", W, "clients that follow the link do not find it"),
    One("link-changed", "link-changed", W, "the link leads somewhere else"),
)

OPERATION = (
    One("operation-added", "operation-removed", I, "nobody has to call it"),
    One("operation-removed", "operation-added", B, "whoever calls it gets nothing"),
    One("operation-deprecated", "operation-undeprecated", I, "the operation is announced to go"),
    One("operation-undeprecated", "operation-deprecated", I, "the operation is not announced to go any more"),
    One("operation-renamed", "operation-renamed", W, "generated clients call it by its id"),
    One("security-added", "security-removed", B, "callers without credentials are refused"),
    One("security-removed", "security-added", W, "strangers are let in"),
    One("security-alternative-added", "security-alternative-removed", I, "there is one more way to sign in"),
    One(
        "security-alternative-removed",
        "security-alternative-added",
        B,
        "callers that sign in this way are refused",
    ),
    One("security-scope-added", "security-scope-removed", B, "tokens of today lack the scope"),
    One("security-scope-removed", "security-scope-added", I, "tokens of today still do"),
    One(
        "security-scheme-changed",
        "security-scheme-changed",
        B,
        "credentials are to be had or sent in another way",
    ),
    One("server-added", "server-removed", I, "there is one more address"),
    One("server-removed", "server-added", B, "clients call an address that is not told any more"),
)
