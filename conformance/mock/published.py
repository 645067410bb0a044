"""The API as its published document describes it: 21 operations, flat bodies, no nulls, nothing else."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from conformance.contract import Contract, Operation, Schema, load, own_document
from conformance.mock.call import Answer, Call, Request
from conformance.mock.handlers import HANDLERS, Handler
from conformance.mock.resources.pushes import announced_and_done

FILES = ("published.openapi.yaml", "published.overlay.yaml")
EVERYTHING = 10**9


@cache
def published() -> Contract:
    """The published document with its overlay."""
    document, overlay = (own_document().parent / name for name in FILES)
    return load(document, [overlay])


class View:
    """The API as it is."""

    def __init__(self) -> None:
        self.routes = load()

    def contract(self, operation: str) -> Contract:
        """The document that the schemas of an operation's requests belong to."""
        return self.routes

    def operation(self, operation: Operation, request: Request) -> Operation:
        """The operation as one request meets it."""
        return operation

    def handler(self, operation: str) -> Handler | None:
        """What answers the operation."""
        return HANDLERS.get(operation)

    def prepare(self, call: Call) -> None:
        """Change what a handler will see of a valid request."""

    def show(self, call: Call, answer: Answer) -> None:
        """Change what a caller will see of an answer."""


class Published(View):
    """The API as its published document describes it."""

    def __init__(self) -> None:
        document = published()
        self.routes = Contract(document.document, document.own)
        for id_, theirs in document.operations.items():
            own = load().operations[id_]
            body = theirs.body or (own.body and replace(own.body, required=False))
            self.routes.operations[id_] = replace(own, parameters=theirs.parameters, body=body)

    def contract(self, operation: str) -> Contract:
        """The published document, but for bodies that it does not describe."""
        return published() if published().operations[operation].body else load()

    def operation(self, operation: Operation, request: Request) -> Operation:
        """Without a body nobody describes, the operation takes none."""
        undescribed = not published().operations[operation.id].body
        return replace(operation, body=None) if undescribed and not request.body else operation

    def handler(self, operation: str) -> Handler | None:
        """What answers the operation: one that the document lacks the other half of is done at once."""
        return AT_ONCE.get(operation) or HANDLERS.get(operation)

    def prepare(self, call: Call) -> None:
        """Take what the document does not show; lists are whole where it knows no pages, their items full."""
        call.full = True
        # Of an extent, whole or in part, no answer shows anything.
        call.body.pop("extent", None)
        for name, lacking in (("$top", EVERYTHING), ("$skip", 0)):
            if call.operation.parameter(name) is None:
                call.query[name] = lacking
            elif name in call.query:
                call.query[name] = max(0, call.query[name])

    def show(self, call: Call, answer: Answer) -> None:
        """Leave what the document describes, flat; a 201 names what was made, as HTTP has it."""
        if answer.status >= 300 or answer.content is not None:
            return
        described = published().operations[call.operation.id].responses[str(answer.status)]
        listed = call.operation.collection is not None
        entity = answer.body if listed else (answer.body or {}).get(described.wrapper, answer.body)
        answer.headers = {"Location": _place(call, entity)} if answer.status == 201 else {}
        answer.body = None if described.schema is None else _described(described.schema, entity)


def _place(call: Call, entity: Any) -> str:
    path = call.request.path.strip("/")
    inside = f"/{path}" if path else ""
    return f"{call.request.origin}{call.service.contract.base_path}{inside}/{entity['id']}"


def _described(schema: Schema, value: Any) -> Any:
    """The value with nothing but the members that the schema has, and no nulls."""
    known = published().resolve(schema)
    if not isinstance(known, dict):
        return value
    if isinstance(value, list):
        return [_described(known.get("items", True), item) for item in value]
    if not isinstance(value, dict) or "properties" not in known:
        return value
    whole = {"creatorId": _creator(value)} | value
    names = [name for name in known["properties"] if whole.get(name) is not None]
    return {name: _described(known["properties"][name], whole[name]) for name in names}


def _creator(entity: dict[str, Any]) -> str | None:
    creator = (entity.get("_links") or {}).get("creator")
    return creator["href"].rpartition("/")[2] if creator else None


async def _locks_untouched(call: Call) -> Answer:
    """An update that says nothing changes nothing."""
    return await HANDLERS["update-imodel-locks"].act(call) if call.body else Answer(200, {})


AT_ONCE = {
    "create-imodel-changeset": Handler(announced_and_done),
    "update-imodel-locks": Handler(_locks_untouched),
}
"""Operation → what answers it where nobody describes its request or its completion."""

API, PUBLISHED = "api", "published"
VIEWS: dict[str, type[View]] = {API: View, PUBLISHED: Published}
