"""The table of documented errors: for each operation, status and code the test that saw it first."""

from __future__ import annotations

from typing import Any

Data = dict[str, Any]


def errors_table(operations: list[Data]) -> str:
    """The operations of operations.json as a Markdown table, one line a documented error."""
    pairs = [(operation["id"], error) for operation in operations for error in operation["errors"]]
    seen = sum(1 for _, error in pairs if error["seen"])
    lines = [
        "# Documented errors",
        "",
        f"{seen} of {len(pairs)} were seen.",
        "",
        "| operation | status | code | label | seen | first seen by |",
        "|---|---|---|---|---|---|",
        *(_line(operation, error) for operation, error in pairs),
    ]
    return "\n".join(lines) + "\n"


def _line(operation: str, error: Data) -> str:
    by = f"`{error['by']}`" if error["by"] else "-"
    return (
        f"| {operation} | {error['status']} | {error['code']} | {error['label']} | {error['seen']} | {by} |"
    )
