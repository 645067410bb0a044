"""Requests that are refused for nothing."""

from __future__ import annotations

from conformance.mock.call import Call
from conformance.mock.faults import fault
from conformance.mock.problems import invalid


@fault.before("requests/plainest-accepted", on=["get-imodel-user-details"])
def every_user_id_is_invalid(call: Call) -> None:
    """Whoever is asked for, the id is called invalid."""
    raise invalid("InvalidValue", "userId")
