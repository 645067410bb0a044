"""What tests of the mock share: iModels to start from, answers in short, and bending it."""

from __future__ import annotations

from typing import Any

import httpx


def with_briefcase(admin: Any, pushed: int = 0) -> tuple[str, int]:
    """The path of an iModel with some changesets, and a briefcase of the admin."""
    path = f"/{admin.make()['id']}"
    number = admin.briefcase(path)
    admin.push(path, number, *range(1, pushed + 1))
    return path, number


def with_briefcases(admin: Any, pushed: int = 0) -> tuple[str, int, int]:
    """The same with two briefcases."""
    path, first = with_briefcase(admin)
    second = admin.briefcase(path)
    admin.push(path, first, *range(1, pushed + 1))
    return path, first, second


def code(answer: httpx.Response) -> int | tuple[int, str]:
    """The status, and of a refusal the code that says most."""
    if answer.is_success:
        return answer.status_code
    error = answer.json()["error"]
    details = error.get("details")
    return answer.status_code, details[0]["code"] if details else error["code"]


def bent(admin: Any, *names: str, drop: tuple[str, ...] = (), free: tuple[str, ...] = ()) -> Any:
    """The admin at a mock that starts again with these faults and liberties and without these rules."""
    admin.server.service.bend(faults=names, drop=drop, liberties=free)
    return admin
