"""What an option may be: a name that is not empty, a number that is one."""

from __future__ import annotations

import math
from typing import Any

import click
from click.core import ParameterSource


class Finite(click.FloatRange):
    """A number in a range; neither infinity nor what is no number."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Convert it, or say what is wrong."""
        number = float(super().convert(value, param, ctx))
        if not math.isfinite(number):
            self.fail(f"{value} is no number of anything.", param, ctx)
        return number


def named(context: click.Context, parameter: click.Parameter, value: Any) -> Any:
    """The name that was given: a variable that is not set must not mean that nothing was asked for."""
    source = context.get_parameter_source(str(parameter.name))
    empty = value == "" or (isinstance(value, tuple) and "" in value)
    if source is ParameterSource.COMMANDLINE and empty:
        raise click.BadParameter("an empty name", context, parameter)
    return value
