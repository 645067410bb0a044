"""Cross-origin requests: pages of any origin may call what a mock serves."""

from __future__ import annotations

from conformance.mock.call import Answer, Request

METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
DAY = "86400"


def preflight(request: Request) -> Answer:
    """The answer to a browser that asks whether it may."""
    answer = Answer(204)
    if "origin" in request.headers:
        answer.headers = {
            "Access-Control-Allow-Origin": "*",
            "Access-Control-Allow-Methods": METHODS,
            "Access-Control-Allow-Headers": request.headers.get("access-control-request-headers", "*"),
            "Access-Control-Max-Age": DAY,
        }
    return answer


def open_to(request: Request, answer: Answer) -> None:
    """Let the page that asked read the answer and all its headers."""
    if "origin" in request.headers:
        names = {name.lower() for name in answer.headers} | {"content-length"}
        answer.headers["Access-Control-Allow-Origin"] = "*"
        answer.headers["Access-Control-Expose-Headers"] = ", ".join(sorted(names))
