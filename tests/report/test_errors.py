"""The table of documented errors."""

from __future__ import annotations

from conformance.report.errors import errors_table

SEEN = {"status": 409, "code": "iModelExists", "label": "doc", "seen": 3, "by": "test_a.py::test_b"}
MISSED = {"status": 429, "code": "TooManyRequests", "label": "doc", "seen": 0, "by": ""}


def test_a_line_says_who_saw_an_error_first() -> None:
    told = errors_table([{"id": "create-imodel", "errors": [SEEN, MISSED]}])
    assert "| create-imodel | 409 | iModelExists | doc | 3 | `test_a.py::test_b` |" in told
    assert "| create-imodel | 429 | TooManyRequests | doc | 0 | - |" in told
    assert "1 of 2 were seen." in told
