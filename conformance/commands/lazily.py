"""Commands whose modules are loaded when they are called for: most of what they need starts slowly."""

from __future__ import annotations

from importlib import import_module

import click

COMMANDS = {
    "drift": "conformance.drift.cli",
    "evidence": "conformance.commands.evidence",
    "explain": "conformance.commands.explain",
    "init": "conformance.commands.init",
    "merge": "conformance.commands.merge",
    "parity": "conformance.commands.parity",
    "plan": "conformance.commands.plan",
    "record": "conformance.commands.record",
    "replay": "conformance.commands.replay",
    "report": "conformance.commands.report",
    "requirements": "conformance.commands.requirements",
    "sweep": "conformance.commands.sweep",
    "worker": "conformance.commands.worker",
}
"""Command → the module that holds it under its name."""


class Lazily(click.Group):
    """A group that knows the names of its commands without loading them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every name there is."""
        return sorted({*super().list_commands(ctx), *COMMANDS})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name, None for an unknown one."""
        if cmd_name not in COMMANDS:
            return super().get_command(ctx, cmd_name)
        found: click.Command = getattr(import_module(COMMANDS[cmd_name]), cmd_name)
        return found
