"""Ids that exist, planted into most of what schemathesis makes up: else nearly all would be answered 404."""

from __future__ import annotations

import os
from random import Random
from typing import Any

import schemathesis

ITWINS = os.environ["FUZZ_ITWINS"].split()
IMODELS = os.environ["FUZZ_IMODELS"].split()
KNOWN = {"namedVersionId": os.environ["FUZZ_VERSION"], "userId": os.environ["FUZZ_USER"]}
SHARE = 0.8
CHANCE = Random(int(os.environ["FUZZ_SEED"]))


@schemathesis.hook
def map_case(context: schemathesis.HookContext, case: Any) -> Any:
    """Plant ids into path, query and body, more often than not."""
    for place in (case.path_parameters, case.query, case.body):
        if isinstance(place, dict):
            for name in place:
                if CHANCE.random() < SHARE and (known := _known(name)) is not None:
                    place[name] = known
    return case


def _known(name: str) -> Any:
    if name == "id":
        return CHANCE.choice(IMODELS)
    if name == "iTwinId":
        return CHANCE.choice(ITWINS)
    if name == "briefcaseId":
        return 2
    return CHANCE.choice(["1", "2"]) if name == "changeset" else KNOWN.get(name)
