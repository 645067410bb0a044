"""The rules about a document and what a service was seen to do."""

from __future__ import annotations

from conformance.drift.catalogue import B, I, One, W

UNDOCUMENTED = (
    One("operation-undocumented", "operation-unseen", W, "it answers, and the document does not know it"),
    One(
        "request-parameter-undocumented",
        "request-parameter-unseen",
        I,
        "it was taken, and no caller is told of it",
    ),
    One(
        "request-member-undocumented", "request-member-unseen", I, "it was taken, and no caller is told of it"
    ),
    One(
        "request-body-undocumented", "request-body-unseen", W, "a body was taken, and no caller is told of it"
    ),
    One(
        "request-media-type-undocumented",
        "request-media-type-unseen",
        I,
        "it was taken, and no caller is told of it",
    ),
    One(
        "response-success-status-undocumented", "response-status-unseen", B, "clients wait for another status"
    ),
    One(
        "response-error-status-undocumented",
        "response-status-unseen",
        W,
        "clients are not told of this refusal",
    ),
    One("response-code-undocumented", "response-code-unseen", W, "clients are not told of this code"),
    One("response-header-undocumented", "response-header-unseen", I, "clients are not told of this header"),
    One(
        "response-media-type-undocumented", "response-media-type-unseen", B, "clients cannot read what comes"
    ),
    One("response-body-undocumented", "response-body-absent", W, "clients are not told what comes"),
    One("response-member-undocumented", "response-member-unseen", W, "clients are not told of this member"),
    One("response-value-undocumented", "response-value-unseen", B, "clients meet a value that is not listed"),
    One("request-value-undocumented", "request-value-unseen", I, "it was taken, though it is not listed"),
)
UNSEEN = (
    One("operation-unseen", "operation-undocumented", I, "nobody called it"),
    One("request-parameter-unseen", "request-parameter-undocumented", I, "nobody sent it with success"),
    One("request-member-unseen", "request-member-undocumented", I, "nobody sent it with success"),
    One("request-body-unseen", "request-body-undocumented", I, "nobody sent one with success"),
    One("request-media-type-unseen", "request-media-type-undocumented", I, "nobody sent it with success"),
    One("response-status-unseen", "response-error-status-undocumented", I, "the answer never came"),
    One("response-code-unseen", "response-code-undocumented", I, "the code never came"),
    One("response-header-unseen", "response-header-undocumented", I, "the header never came"),
    One("response-media-type-unseen", "response-media-type-undocumented", I, "the form never came"),
    One("response-member-unseen", "response-member-undocumented", I, "the member never came"),
    One("response-value-unseen", "response-value-undocumented", I, "the value never came"),
    One("request-value-unseen", "request-value-undocumented", I, "nobody sent it with success"),
)
WRONG = (
    One("response-body-absent", "response-body-undocumented", B, "clients read a body that does not come"),
    One(
        "response-body-wrapped",
        "response-body-wrapped",
        B,
        "clients look for every member one level too high",
    ),
    One("response-header-absent", "response-header-undocumented", B, "clients rely on the header"),
    One("response-member-absent", "response-member-undocumented", B, "clients rely on the member"),
    One("response-null-undocumented", "response-null-undocumented", B, "clients meet a null"),
    One("response-type-wrong", "response-type-wrong", B, "clients read the value as another type"),
    One("response-form-wrong", "response-form-wrong", B, "clients parse the text by the form they were told"),
    One("response-limit-wrong", "response-limit-wrong", W, "clients make room for what they were told"),
    One("response-condition-wrong", "response-condition-wrong", W, "clients rely on the condition"),
    One(
        "request-requirement-waived",
        "request-requirement-waived",
        I,
        "it may be left out, though told otherwise",
    ),
    One("request-null-undocumented", "request-null-undocumented", I, "a null was taken"),
    One("request-type-wrong", "request-type-wrong", I, "a value of another type was taken"),
    One("request-form-wrong", "request-form-wrong", I, "a text of another form was taken"),
    One("request-limit-wrong", "request-limit-wrong", I, "a value beyond the limit was taken"),
    One("request-condition-wrong", "request-condition-wrong", I, "what breaks the condition was taken"),
)
BEHAVIOUR = (*UNDOCUMENTED, *UNSEEN, *WRONG)
UNSEEN_RULES = frozenset(one.name for one in UNSEEN)
