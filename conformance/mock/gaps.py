"""A gap between looking and doing, where a service is bent to leave one: others get in between."""

from __future__ import annotations

import asyncio

from conformance.mock.call import Call

SECONDS = 0.05


async def gap(call: Call, fault: str) -> None:
    """Let other requests in, if the fault is on."""
    if call.bent(fault):
        await asyncio.sleep(SECONDS)
