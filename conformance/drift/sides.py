"""The rules about one run and another, and about the calls in other published files."""

from __future__ import annotations

from conformance.drift.catalogue import B, I, One, W

RUNS = (
    One("status-appeared", "status-vanished", W, "clients meet an answer that never came before"),
    One("status-vanished", "status-appeared", W, "clients wait for an answer that does not come any more"),
    One("code-appeared", "code-vanished", W, "clients meet a code that never came before"),
    One("code-vanished", "code-appeared", W, "clients that act on the code never see it"),
    One("header-appeared", "header-vanished", I, "clients ignore headers they do not know"),
    One("header-vanished", "header-appeared", W, "clients that read the header do not find it any more"),
    One("media-type-appeared", "media-type-vanished", W, "clients meet a form that never came before"),
    One(
        "media-type-vanished", "media-type-appeared", B, "clients that read this form do not get it any more"
    ),
    One("member-appeared", "member-vanished", I, "clients ignore members they do not know"),
    One("member-vanished", "member-appeared", B, "clients that read the member do not find it any more"),
    One("type-appeared", "type-vanished", B, "clients meet a kind of value that never came before"),
    One("type-vanished", "type-appeared", I, "what comes was possible before"),
    One("order-changed", "order-changed", W, "clients that rely on the order show another one"),
    One("answer-slower", "answer-faster", W, "clients wait longer than before"),
    One("answer-faster", "answer-slower", I, "clients wait less long than before"),
    One(
        "must-verdict-worse",
        "verdict-better",
        B,
        "a promise that was kept is not kept, or not decided, any more",
    ),
    One(
        "other-verdict-worse",
        "verdict-better",
        W,
        "what should be kept is not kept, or not decided, any more",
    ),
    One("verdict-better", "must-verdict-worse", I, "a promise is kept that was not, or was not decided"),
)

ARTEFACTS = (
    One("call-to-unknown-operation", "call-to-unknown-operation", B, "the API has no such operation"),
    One("call-to-other-server", "call-to-other-server", W, "the document knows no server of this address"),
    One(
        "call-with-unknown-parameter",
        "call-with-unknown-parameter",
        W,
        "the operation knows no such parameter",
    ),
    One("call-without-parameter", "call-without-parameter", B, "the operation refuses calls without it"),
    One("call-with-unknown-member", "call-with-unknown-member", W, "the body knows no such member"),
    One("call-without-member", "call-without-member", B, "the operation refuses bodies without it"),
    One("call-without-body", "call-without-body", B, "the operation refuses calls without a body"),
    One("reads-unknown-member", "reads-unknown-member", B, "the answer knows no such member"),
    One("expects-unknown-status", "expects-unknown-status", W, "the operation does not tell of this status"),
)
