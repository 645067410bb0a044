"""Findings by cause: the same deviation on several operations is told once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

Data = dict[str, Any]


def by_cause(findings: Iterable[Data]) -> list[list[Data]]:
    """The findings in groups of one cause and one state, in their order."""
    groups: dict[tuple[str, str], list[Data]] = {}
    for finding in findings:
        groups.setdefault((finding["cause"], finding["state"]), []).append(finding)
    return list(groups.values())


def beside(group: list[Data]) -> list[str]:
    """The operations that a cause shows on besides the first, each with its finding's fingerprint."""
    return [f"{finding['operation']} ({finding['fingerprint']})" for finding in group[1:]]
