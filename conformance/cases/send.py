"""Sending a draft, and what a 2xx of it means for the ground it stands on."""

from __future__ import annotations

from collections.abc import Callable

from conformance.api import Api
from conformance.cases.draft import Draft
from conformance.cases.ground import Ground
from conformance.exchange import Broken, Exchange, Expected
from conformance.story import CURRENT


def send(draft: Draft, ground: Ground, api: Api, expected: Expected | None = None) -> Exchange:
    """Send a draft and account for what it used up or made, also when a promise broke over it."""
    try:
        exchange = draft.send(api, expected)
    except Broken:
        if sent := [kept for kept in CURRENT.get().exchanges if kept.name == draft.operation]:
            _account(draft, ground, sent[-1])
        raise
    _account(draft, ground, exchange)
    return exchange


def _account(draft: Draft, ground: Ground, exchange: Exchange) -> None:
    if not exchange.ok:
        return
    ground.accepted.append(exchange.number)
    follow = AFTER.get(draft.operation)
    if follow:
        follow(ground, exchange)


def _created(ground: Ground, exchange: Exchange) -> None:
    if isinstance(exchange.entity, dict) and exchange.entity.get("state") == "initialized":
        ground.spares.append(str(exchange.entity.get("id")))


def _copied(ground: Ground, exchange: Exchange) -> None:
    # Deleting it at once keeps the list of the iTwin short; a refusal is left to the clean-up of the run.
    copy = exchange.answer.headers.get("location", "").rstrip("/").rsplit("/", 1)[-1]
    if copy != exchange.path["id"] and ground.embedded and ground.run.journal.holds(copy):
        ground.make.delete(copy)


def _deleted(ground: Ground, exchange: Exchange) -> None:
    gone = exchange.path.get("id")
    ground.unmark()
    ground.spares[:] = [spare for spare in ground.spares if spare != gone]
    if gone == ground.sandbox.id:
        ground.soil()


def _acquired(ground: Ground, exchange: Exchange) -> None:
    # The quota counts briefcases held: what a test acquires it releases.
    if isinstance(exchange.entity, dict) and exchange.identity == ground.make.api.identity:
        number = exchange.entity.get("briefcaseId")
        ground.make.api("release-imodel-briefcase", id=exchange.path["id"], briefcaseId=number)


def _push_begun(ground: Ground, exchange: Exchange) -> None:
    box, entity = ground.sandbox, exchange.entity
    link = entity.get("_links", {}).get("upload") if isinstance(entity, dict) else None
    body = exchange.request.json if isinstance(exchange.request.json, dict) else {}
    id_, size = body.get("id"), body.get("fileSize")
    if link and isinstance(id_, str) and isinstance(size, int) and exchange.path["id"] == box.id:
        stored = ground.make.api.upload(link, b"x" * size)
        if stored.ok and ground.make.complete(box.id, id_, box.briefcase).ok:
            ground.pushed(id_)
            return
    # Nobody can tell what a push leaves behind that should not have been begun.
    ground.soil()


def _push_completed(ground: Ground, exchange: Exchange) -> None:
    pushing = ground.sandbox.pushing
    if pushing and exchange.path.get("changeset") == pushing.id:
        ground.pushed(pushing.id)


def _data_attached(ground: Ground, exchange: Exchange) -> None:
    if exchange.path["changeset"] == ground.sandbox.bare:
        ground.attached(exchange.path["changeset"])


def _configured(ground: Ground, exchange: Exchange) -> None:
    if exchange.path.get("id") == ground.sandbox.id and not ground.sandbox.secured:
        ground.soil()


AFTER: dict[str, Callable[[Ground, Exchange], None]] = {
    "create-imodel": _created,
    "clone-imodel": _copied,
    "fork-imodel": _copied,
    "delete-imodel": _deleted,
    "complete-imodel-baseline-file-upload": lambda ground, _: ground.completed(),
    "acquire-imodel-briefcase": _acquired,
    "release-imodel-briefcase": lambda ground, _: ground.released(),
    "create-imodel-changeset": _push_begun,
    "update-imodel-changeset": _push_completed,
    "create-imodel-changeset-extended-data": _data_attached,
    "update-imodel-changeset-group": lambda ground, _: ground.closed(),
    "remove-imodel-from-my-favorites": lambda ground, _: ground.unmark(),
    "remove-imodel-from-my-recents": lambda ground, _: ground.unmark(),
    "revoke-imodel-share": lambda ground, _: ground.revoked(),
    "update-imodel-role-permissions": _configured,
    "update-imodel-user-permissions": _configured,
}
"""Operation → what a 2xx of it means for the ground."""
