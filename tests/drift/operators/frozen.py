"""The first half of the operators, written before the differ was. They are not changed any more."""

from __future__ import annotations

import random
from typing import Any

from tests.drift.operators.kit import (
    Document,
    Edit,
    Operator,
    both,
    fresh,
    operations,
    operator,
    parameters,
    pick,
    plain,
    resolved,
    shape,
)

FROZEN: dict[str, Operator] = {}


@operator(FROZEN, "operation-removed", coarse=True)
def operation_removed(document: Document, chance: random.Random) -> Edit | None:
    """An operation is gone."""
    changed = fresh(document)
    path = chance.choice(list(changed["paths"]))
    item = changed["paths"][path]
    method = chance.choice([m for m in item if m in ("get", "put", "post", "patch", "delete")])
    del item[method]
    if not {"get", "put", "post", "patch", "delete"} & set(item):
        del changed["paths"][path]
    return Edit(changed, frozenset({("operation-removed", shape(method, path))}))


@operator(FROZEN)
def operation_added(document: Document, chance: random.Random) -> Edit | None:
    """There is one more operation."""
    changed = fresh(document)
    path = f"/{{id}}/news-{chance.randrange(100)}"
    changed["paths"][path] = {
        "get": {"operationId": "news", "responses": {"200": {"description": "News"}}},
        "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
    }
    return Edit(changed, frozenset({("operation-added", shape("get", path))}))


@operator(FROZEN, coarse=True)
def optional_parameter_removed(document: Document, chance: random.Random) -> Edit | None:
    """A parameter that may be left out is gone from one operation."""
    changed = fresh(document)
    found = [one for one in parameters(changed) if one[3]["in"] != "path" and not one[3].get("required")]
    if not found:
        return None
    name, holder, index, _ = chance.choice(found)
    del holder[index]
    return Edit(changed, frozenset({("request-parameter-removed", name)}))


@operator(FROZEN, "request-required-parameter-added")
def required_parameter_added(document: Document, chance: random.Random) -> Edit | None:
    """An operation asks for one more parameter."""
    changed = fresh(document)
    name, _, raw, _ = chance.choice(operations(changed))
    new = {"name": "reason", "in": "query", "required": True, "schema": {"type": "string"}}
    raw.setdefault("parameters", []).append(new)
    return Edit(changed, frozenset({("request-required-parameter-added", name)}))


@operator(FROZEN, "request-parameter-became-required")
def parameter_became_required(document: Document, chance: random.Random) -> Edit | None:
    """A parameter may not be left out any more, in one operation."""
    changed = fresh(document)
    found = [one for one in parameters(changed) if one[3]["in"] != "path" and not one[3].get("required")]
    if not found:
        return None
    name, holder, index, known = chance.choice(found)
    holder[index] = {**known, "required": True}
    return Edit(changed, frozenset({("request-parameter-became-required", name)}))


@operator(FROZEN)
def body_became_optional(document: Document, chance: random.Random) -> Edit | None:
    """A request body may be left out."""
    changed = fresh(document)
    found = [
        one for one in operations(changed) if resolved(changed, one[2].get("requestBody", {})).get("required")
    ]
    if not found:
        return None
    name, _, raw, _ = chance.choice(found)
    raw["requestBody"] = {**resolved(changed, raw["requestBody"]), "required": False}
    return Edit(changed, frozenset({("request-body-became-optional", name)}))


@operator(FROZEN, "response-success-status-removed", coarse=True)
def success_status_changed(document: Document, chance: random.Random) -> Edit | None:
    """An operation succeeds with another status."""
    changed = fresh(document)
    name, _, raw, _ = chance.choice(operations(changed))
    old = next(status for status in raw["responses"] if status.startswith("2"))
    new = chance.choice([s for s in ("200", "201", "202", "203") if s not in raw["responses"]])
    raw["responses"][new] = raw["responses"].pop(old)
    told = {("response-success-status-removed", name), ("response-success-status-added", name)}
    return Edit(changed, frozenset(told))


@operator(FROZEN, coarse=True)
def error_status_removed(document: Document, chance: random.Random) -> Edit | None:
    """A refusal is not described any more."""
    changed = fresh(document)
    found = [
        (o[0], o[2]["responses"], s) for o in operations(changed) for s in o[2]["responses"] if s > "399"
    ]
    if not found:
        return None
    name, responses, status = chance.choice(found)
    del responses[status]
    return Edit(changed, frozenset({("response-error-status-removed", name)}))


@operator(FROZEN, "response-media-type-removed", coarse=True)
def answer_in_another_form(document: Document, chance: random.Random) -> Edit | None:
    """The success of an operation comes in another media type."""
    changed = fresh(document)
    found = [
        (o[0], r)
        for o in operations(changed)
        for s, r in o[2]["responses"].items()
        if s.startswith("2") and "content" in r
    ]
    name, response = chance.choice(found)
    media = next(iter(response["content"]))
    response["content"]["application/xml"] = response["content"].pop(media)
    told = {("response-media-type-removed", name), ("response-media-type-added", name)}
    return Edit(changed, frozenset(told))


@operator(FROZEN, "response-required-header-removed", coarse=True)
def header_removed(document: Document, chance: random.Random) -> Edit | None:
    """A success does not carry a header any more."""
    changed = fresh(document)
    found = [
        (o[0], r["headers"], h)
        for o in operations(changed)
        for s, r in o[2]["responses"].items()
        if s.startswith("2")
        for h in r.get("headers") or ()
    ]
    if not found:
        return None
    name, headers, header = chance.choice(found)
    required = resolved(changed, headers.pop(header)).get("required")
    return Edit(changed, frozenset({(f"response-{'required-' if required else ''}header-removed", name)}))


@operator(FROZEN, coarse=True)
def optional_property_removed(document: Document, chance: random.Random) -> Edit | None:
    """A member that need not be there is gone."""
    return _without_property(document, chance, required=False)


@operator(FROZEN, "response-required-property-removed", coarse=True)
def required_property_removed(document: Document, chance: random.Random) -> Edit | None:
    """A member that was always there is gone."""
    return _without_property(document, chance, required=True)


def _without_property(document: Document, chance: random.Random, *, required: bool) -> Edit | None:
    def names(value: dict[str, Any]) -> list[str]:
        return [n for n in value.get("properties") or () if (n in (value.get("required") or ())) is required]

    found = pick(document, chance, lambda node: names(node.value))
    if not found:
        return None
    changed, node = found
    name = chance.choice(names(node.value))
    del node.value["properties"][name]
    if required:
        node.value["required"] = [other for other in node.value["required"] if other != name]
    what = "required-property-removed" if required else "property-removed"
    return Edit(changed, node.say(what), frozenset({node.pointer}))


@operator(FROZEN)
def optional_property_added(document: Document, chance: random.Random) -> Edit | None:
    """There is one more member, which need not be there."""
    found = pick(document, chance, lambda node: node.value.get("properties"))
    if not found:
        return None
    changed, node = found
    node.value["properties"]["remark"] = {"type": "string"}
    return Edit(changed, node.say("property-added"), frozenset({node.pointer}))


@operator(FROZEN, "request-property-became-required")
def property_became_required(document: Document, chance: random.Random) -> Edit | None:
    """A member must be there now."""

    def names(value: dict[str, Any]) -> list[str]:
        return [n for n in value.get("properties") or () if n not in (value.get("required") or ())]

    found = pick(document, chance, lambda node: names(node.value))
    if not found:
        return None
    changed, node = found
    node.value["required"] = [*(node.value.get("required") or ()), chance.choice(names(node.value))]
    return Edit(changed, node.say("property-became-required"), frozenset({node.pointer}))


@operator(FROZEN, "response-property-became-optional")
def property_became_optional(document: Document, chance: random.Random) -> Edit | None:
    """A member need not be there any more."""
    found = pick(
        document, chance, lambda n: set(n.value.get("required") or ()) & set(n.value.get("properties") or ())
    )
    if not found:
        return None
    changed, node = found
    names = sorted(set(node.value["required"]) & set(node.value["properties"]))
    node.value["required"] = [name for name in node.value["required"] if name != chance.choice(names[:1])]
    return Edit(changed, node.say("property-became-optional"), frozenset({node.pointer}))


@operator(FROZEN, *both("type-changed"))
def type_changed(document: Document, chance: random.Random) -> Edit | None:
    """A value is of another type that shares nothing with the old one."""
    found = pick(document, chance, lambda node: plain(node, "string", "integer", "boolean"))
    if not found:
        return None
    changed, node = found
    others = {"string": "integer", "integer": "string", "boolean": "string"}
    node.value["type"] = others[node.value["type"]]
    return Edit(changed, node.say("type-changed"), frozenset({node.pointer}))


@operator(FROZEN, "response-became-nullable")
def became_nullable(document: Document, chance: random.Random) -> Edit | None:
    """A value may be null now."""
    found = pick(
        document,
        chance,
        lambda node: (
            node.property_of
            and not node.parameter
            and isinstance(node.value.get("type"), str)
            and not {"enum", "const", "anyOf", "oneOf", "allOf"} & set(node.value)
        ),
    )
    if not found:
        return None
    changed, node = found
    node.value["type"] = [node.value["type"], "null"]
    return Edit(changed, node.say("became-nullable"), frozenset({node.pointer}))


@operator(FROZEN, "request-became-not-nullable")
def became_not_nullable(document: Document, chance: random.Random) -> Edit | None:
    """A value is never null any more."""
    found = pick(
        document,
        chance,
        lambda node: (
            (isinstance(node.value.get("type"), list) and "null" in node.value["type"])
            or {"type": "null"} in node.value.get("anyOf", ())
        ),
    )
    if not found:
        return None
    changed, node = found
    if "anyOf" in node.value:
        node.value["anyOf"] = [part for part in node.value["anyOf"] if part != {"type": "null"}]
    else:
        node.value["type"] = [kind for kind in node.value["type"] if kind != "null"]
    return Edit(changed, node.say("became-not-nullable"), frozenset({node.pointer}))


@operator(FROZEN, "response-enum-value-added")
def enum_value_added(document: Document, chance: random.Random) -> Edit | None:
    """One more value is possible."""
    found = pick(document, chance, lambda node: node.value.get("enum"))
    if not found:
        return None
    changed, node = found
    node.value["enum"] = [*node.value["enum"], "quiteNew"]
    return Edit(changed, node.say("enum-value-added"), frozenset({node.pointer}))


@operator(FROZEN, "request-enum-value-removed")
def enum_value_removed(document: Document, chance: random.Random) -> Edit | None:
    """A value is not possible any more."""
    found = pick(document, chance, lambda node: len(node.value.get("enum", ())) > 1)
    if not found:
        return None
    changed, node = found
    gone = chance.choice(node.value["enum"])
    node.value["enum"] = [value for value in node.value["enum"] if value != gone]
    return Edit(changed, node.say("enum-value-removed"), frozenset({node.pointer}))


@operator(FROZEN, "request-max-length-narrowed")
def text_got_shorter(document: Document, chance: random.Random) -> Edit | None:
    """A text may be less long than before, or is bounded for the first time."""
    found = pick(document, chance, lambda node: plain(node, "string"))
    if not found:
        return None
    changed, node = found
    node.value["maxLength"] = chance.choice([32, 100])
    return Edit(changed, node.say("max-length-narrowed"), frozenset({node.pointer}))


@operator(FROZEN, "response-format-removed")
def format_removed(document: Document, chance: random.Random) -> Edit | None:
    """Nothing is said of a text's format any more."""
    found = pick(document, chance, lambda node: node.value.get("format") in ("uuid", "date-time"))
    if not found:
        return None
    changed, node = found
    del node.value["format"]
    return Edit(changed, node.say("format-removed"), frozenset({node.pointer}))


@operator(FROZEN, "request-additional-properties-narrowed")
def closed(document: Document, chance: random.Random) -> Edit | None:
    """An object takes no members but its own any more."""
    found = pick(
        document,
        chance,
        lambda node: (
            node.value.get("properties")
            and "additionalProperties" not in node.value
            and not {"anyOf", "oneOf", "allOf"} & set(node.value)
        ),
    )
    if not found:
        return None
    changed, node = found
    node.value["additionalProperties"] = False
    return Edit(changed, node.say("additional-properties-narrowed"), frozenset({node.pointer}))


@operator(FROZEN)
def open_to_everybody(document: Document, chance: random.Random) -> Edit | None:
    """An operation asks for no credentials any more."""
    changed = fresh(document)
    name, _, raw, _ = chance.choice(operations(changed))
    raw["security"] = []
    return Edit(changed, frozenset({("security-removed", name)}))


@operator(FROZEN)
def path_parameter_renamed(document: Document, chance: random.Random) -> Edit | None:
    """A path calls its parameter something else: no change of the API."""
    changed = fresh(document)
    path = chance.choice([path for path in changed["paths"] if "{" in path])
    old = path[path.index("{") + 1 : path.index("}")]
    new = path.replace(f"{{{old}}}", "{anotherName}")
    item = changed["paths"][new] = changed["paths"].pop(path)
    for holder in (
        item,
        *(value for key, value in item.items() if key in ("get", "put", "post", "patch", "delete")),
    ):
        known = [resolved(changed, one) for one in holder.get("parameters") or []]
        if known:
            holder["parameters"] = [
                {**one, "name": "anotherName"} if (one["in"], one["name"]) == ("path", old) else one
                for one in known
            ]
    return Edit(changed, frozenset())


@operator(FROZEN)
def texts_changed(document: Document, chance: random.Random) -> Edit | None:
    """Descriptions and summaries say it in other words: no change of the API."""
    changed = fresh(document)
    changed["info"]["description"] = "In other words."
    for _, _, raw, _ in operations(changed):
        raw["summary"] = f"In other words {chance.randrange(10)}"
    for node in chance.sample(found := list(_nodes(changed)), min(5, len(found))):
        node["description"] = "In other words."
    return Edit(changed, frozenset())


def _nodes(changed: Document) -> list[dict[str, Any]]:
    from tests.drift.operators.kit import schemas

    return [node.value for node in schemas(changed)]


@operator(FROZEN)
def order_changed(document: Document, chance: random.Random) -> Edit | None:
    """Values, members and paths stand in another order: no change of the API."""
    changed = fresh(document)
    for node in _nodes(changed):
        for keyword in ("enum", "required"):
            if keyword in node:
                chance.shuffle(node[keyword])
        if isinstance(node.get("properties"), dict):
            names = list(node["properties"])
            chance.shuffle(names)
            node["properties"] = {name: node["properties"][name] for name in names}
    changed["paths"] = dict(reversed(changed["paths"].items()))
    return Edit(changed, frozenset())
