"""The second half of the operators, written after the differ."""

from __future__ import annotations

import random
from typing import Any

from tests.drift.operators.kit import (
    Change,
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
    schemas,
)

LATER: dict[str, Operator] = {}


def _told(*changes: Change) -> frozenset[Change]:
    return frozenset(changes)


@operator(LATER)
def optional_parameter_added(document: Document, chance: random.Random) -> Edit | None:
    """An operation takes one more parameter."""
    changed = fresh(document)
    name, _, raw, _ = chance.choice(operations(changed))
    raw.setdefault("parameters", []).append({"name": "hint", "in": "header", "schema": {"type": "string"}})
    return Edit(changed, _told(("request-parameter-added", name)))


@operator(LATER)
def parameter_became_optional(document: Document, chance: random.Random) -> Edit | None:
    """A parameter may be left out now."""
    changed = fresh(document)
    found = [one for one in parameters(changed) if one[3]["in"] != "path" and one[3].get("required")]
    name, holder, index, known = chance.choice(found)
    holder[index] = {**known, "required": False}
    return Edit(changed, _told(("request-parameter-became-optional", name)))


@operator(LATER, coarse=True)
def parameter_moved(document: Document, chance: random.Random) -> Edit | None:
    """An optional parameter goes from the query into a header."""
    changed = fresh(document)
    found = [one for one in parameters(changed) if one[3]["in"] == "query" and not one[3].get("required")]
    name, holder, index, known = chance.choice(found)
    holder[index] = {key: value for key, value in known.items() if key != "allowEmptyValue"} | {
        "in": "header"
    }
    told = (("request-parameter-removed", name), ("request-parameter-added", name))
    return Edit(changed, _told(*told))


@operator(LATER, "request-parameter-style-changed")
def parameter_style_changed(document: Document, chance: random.Random) -> Edit | None:
    """Lists in a query are to be written in another way."""
    changed = fresh(document)
    found = [one for one in parameters(changed) if one[3]["in"] == "query"]
    name, holder, index, known = chance.choice(found)
    holder[index] = {**known, "style": "pipeDelimited"}
    return Edit(changed, _told(("request-parameter-style-changed", name)))


@operator(LATER)
def operation_deprecated(document: Document, chance: random.Random) -> Edit | None:
    """An operation is announced to go."""
    changed = fresh(document)
    name, _, raw, _ = chance.choice(operations(changed))
    raw["deprecated"] = True
    return Edit(changed, _told(("operation-deprecated", name)))


@operator(LATER)
def operation_renamed(document: Document, chance: random.Random) -> Edit | None:
    """An operation has another id, which links to it follow."""
    changed = fresh(document)
    name, _, raw, _ = chance.choice(operations(changed))
    old, raw["operationId"] = raw["operationId"], "quite-new"
    for _, _, other, _ in operations(changed):
        for answer in other["responses"].values():
            for link in resolved(changed, answer).get("links", {}).values():
                if link.get("operationId") == old:
                    link["operationId"] = "quite-new"
    return Edit(changed, _told(("operation-renamed", name)))


@operator(LATER, "request-required-body-added")
def required_body_added(document: Document, chance: random.Random) -> Edit | None:
    """An operation asks for a body."""
    changed = fresh(document)
    found = [one for one in operations(changed) if "requestBody" not in one[2]]
    name, _, raw, _ = chance.choice(found)
    raw["requestBody"] = {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}
    return Edit(changed, _told(("request-required-body-added", name)))


@operator(LATER, "request-required-body-removed", coarse=True)
def required_body_removed(document: Document, chance: random.Random) -> Edit | None:
    """An operation does not tell of its body any more."""
    changed = fresh(document)
    found = [o for o in operations(changed) if resolved(changed, o[2].get("requestBody", {})).get("required")]
    name, _, raw, _ = chance.choice(found)
    del raw["requestBody"]
    return Edit(changed, _told(("request-required-body-removed", name)))


@operator(LATER)
def request_in_one_more_form(document: Document, chance: random.Random) -> Edit | None:
    """A body may be sent in one more media type."""
    changed = fresh(document)
    found = [one for one in operations(changed) if "requestBody" in one[2]]
    name, _, raw, _ = chance.choice(found)
    body = raw["requestBody"] = {**resolved(changed, raw["requestBody"])}
    body["content"] = {**body["content"], "application/xml": {"schema": {"type": "object"}}}
    return Edit(changed, _told(("request-media-type-added", name)))


@operator(LATER, "response-body-removed", coarse=True)
def answer_without_body(document: Document, chance: random.Random) -> Edit | None:
    """A success carries no body any more."""
    changed = fresh(document)
    found = [
        (o[0], r)
        for o in operations(changed)
        for s, r in o[2]["responses"].items()
        if s.startswith("2") and "content" in r
    ]
    name, response = chance.choice(found)
    del response["content"]
    return Edit(changed, _told(("response-body-removed", name)))


@operator(LATER)
def answer_with_body(document: Document, chance: random.Random) -> Edit | None:
    """A success carries a body now."""
    changed = fresh(document)
    found = [
        (o[0], r)
        for o in operations(changed)
        for s, r in o[2]["responses"].items()
        if s.startswith("2") and "content" not in r
    ]
    name, response = chance.choice(found)
    response["content"] = {"application/json": {"schema": {"type": "object"}}}
    return Edit(changed, _told(("response-body-added", name)))


@operator(LATER)
def header_added(document: Document, chance: random.Random) -> Edit | None:
    """A success carries one more header."""
    changed = fresh(document)
    name, _, raw, _ = chance.choice(operations(changed))
    status = next(status for status in raw["responses"] if status.startswith("2"))
    raw["responses"][status].setdefault("headers", {})["X-News"] = {"schema": {"type": "string"}}
    return Edit(changed, _told(("response-header-added", name)))


@operator(LATER)
def error_status_added(document: Document, chance: random.Random) -> Edit | None:
    """An operation is refused in one more way."""
    changed = fresh(document)
    name, _, raw, _ = chance.choice(operations(changed))
    raw["responses"]["451"] = {"description": "Not here"}
    return Edit(changed, _told(("response-error-status-added", name)))


@operator(LATER)
def error_code_renamed(document: Document, chance: random.Random) -> Edit | None:
    """A refusal has another code; a shared refusal has it everywhere."""
    changed = fresh(document)
    found: dict[int, tuple[dict[str, Any], set[str]]] = {}
    for name, _, raw, _ in operations(changed):
        for given in raw["responses"].values():
            for one in resolved(changed, given).get("x-errors") or ():
                found.setdefault(id(one), (one, set()))[1].add(name)
    if not found:
        return None
    entry, names = chance.choice(list(found.values()))
    entry["code"] = "QuiteNew"
    rules = ("response-error-code-removed", "response-error-code-added")
    return Edit(changed, frozenset((rule, name) for rule in rules for name in names))


@operator(LATER)
def link_removed(document: Document, chance: random.Random) -> Edit | None:
    """An answer does not lead on any more."""
    changed = fresh(document)
    found = [
        (o[0], r["links"])
        for o in operations(changed)
        for r in o[2]["responses"].values()
        if isinstance(r, dict) and r.get("links")
    ]
    if not found:
        return None
    name, links = chance.choice(found)
    del links[chance.choice(list(links))]
    return Edit(changed, _told(("response-link-removed", name)))


@operator(LATER, "request-minimum-narrowed")
def minimum_raised(document: Document, chance: random.Random) -> Edit | None:
    """A number may not be as small as before."""
    found = pick(document, chance, lambda node: node.value.get("type") in ("integer", "number"))
    if not found:
        return None
    changed, node = found
    node.value["minimum"] = node.value.get("minimum", -1) + 2
    return Edit(changed, node.say("minimum-narrowed"), frozenset({node.pointer}))


@operator(LATER, "request-minimum-narrowed")
def minimum_excluded(document: Document, chance: random.Random) -> Edit | None:
    """The smallest number itself is not allowed any more."""
    found = pick(document, chance, lambda node: "minimum" in node.value)
    if not found:
        return None
    changed, node = found
    node.value["exclusiveMinimum"] = node.value.pop("minimum")
    return Edit(changed, node.say("minimum-narrowed"), frozenset({node.pointer}))


@operator(LATER)
def maximum_lifted(document: Document, chance: random.Random) -> Edit | None:
    """A limit is gone."""
    found = pick(document, chance, lambda node: {"maximum", "maxLength", "maxItems"} & set(node.value))
    if not found:
        return None
    changed, node = found
    keyword = chance.choice(sorted({"maximum", "maxLength", "maxItems"} & set(node.value)))
    del node.value[keyword]
    name = {"maximum": "maximum", "maxLength": "max-length", "maxItems": "max-items"}[keyword]
    return Edit(changed, node.say(f"{name}-widened"), frozenset({node.pointer}))


@operator(LATER, "request-pattern-added")
def pattern_added(document: Document, chance: random.Random) -> Edit | None:
    """A text must have a form."""
    found = pick(document, chance, lambda node: plain(node, "string"))
    if not found:
        return None
    changed, node = found
    node.value["pattern"] = "^[a-z]+$"
    return Edit(changed, node.say("pattern-added"), frozenset({node.pointer}))


@operator(LATER, "request-items-became-unique")
def items_became_unique(document: Document, chance: random.Random) -> Edit | None:
    """No item may come twice."""
    found = pick(
        document, chance, lambda n: n.value.get("type") == "array" and not n.value.get("uniqueItems")
    )
    if not found:
        return None
    changed, node = found
    node.value["uniqueItems"] = True
    return Edit(changed, node.say("items-became-unique"), frozenset({node.pointer}))


@operator(LATER, "response-type-widened")
def integer_became_number(document: Document, chance: random.Random) -> Edit | None:
    """A number may have a fraction now."""
    found = pick(document, chance, lambda node: node.value.get("type") == "integer")
    if not found:
        return None
    changed, node = found
    node.value["type"] = "number"
    return Edit(changed, node.say("type-widened"), frozenset({node.pointer}))


@operator(LATER, "response-alternative-added")
def one_more_form(document: Document, chance: random.Random) -> Edit | None:
    """A text may be an object now: a choice where there was none."""
    found = pick(document, chance, lambda node: plain(node, "string") and node.property_of)
    if not found:
        return None
    changed, node = found
    old = dict(node.value)
    node.value.clear()
    node.value["oneOf"] = [old, {"type": "object", "properties": {"text": {"type": "string"}}}]
    return Edit(changed, node.say("alternative-added"), frozenset({node.pointer}))


@operator(LATER, "request-alternative-removed", coarse=True)
def one_form_less(document: Document, chance: random.Random) -> Edit | None:
    """One of several forms is gone."""
    found = pick(document, chance, lambda node: len(_forms(node.value)) > 1 and "type" not in node.value)
    if not found:
        return None
    changed, node = found
    forms = _forms(node.value)
    gone = chance.choice(forms)
    node.value["anyOf"] = [part for part in node.value["anyOf"] if part != gone]
    return Edit(changed, node.say("alternative-removed"), frozenset({node.pointer}))


def _forms(value: dict[str, Any]) -> list[Any]:
    return [part for part in value.get("anyOf") or () if part != {"type": "null"}]


@operator(LATER, "response-enum-removed")
def listed_values_gone(document: Document, chance: random.Random) -> Edit | None:
    """Any value is possible where a few were listed."""
    return _unlisted(document, chance)


def _unlisted(document: Document, chance: random.Random) -> Edit | None:
    found = pick(document, chance, lambda node: "enum" in node.value and "type" in node.value)
    if not found:
        return None
    changed, node = found
    del node.value["enum"]
    return Edit(changed, node.say("enum-removed"), frozenset({node.pointer}))


@operator(LATER)
def default_changed(document: Document, chance: random.Random) -> Edit | None:
    """What is left out stands for something else."""
    found = pick(document, chance, lambda node: node.value.get("type") in ("integer", "boolean"))
    if not found:
        return None
    changed, node = found
    node.value["default"] = not node.value.get("default", 7)
    return Edit(changed, node.say("default-changed"), frozenset({node.pointer}))


@operator(LATER, "server-removed")
def server_moved(document: Document, chance: random.Random) -> Edit | None:
    """The service has another address."""
    changed = fresh(document)
    changed["servers"] = [{"url": "https://imodels.example/v2"}]
    return Edit(changed, _told(("server-removed", ""), ("server-added", "")))


@operator(LATER, "security-alternative-removed", coarse=True)
def another_way_in(document: Document, chance: random.Random) -> Edit | None:
    """One operation asks for a key instead of a token."""
    changed = fresh(document)
    changed["components"]["securitySchemes"]["Key"] = {"type": "apiKey", "in": "header", "name": "X-Key"}
    name, _, raw, _ = chance.choice(operations(changed))
    raw["security"] = [{"Key": []}]
    return Edit(changed, _told(("security-alternative-removed", name), ("security-alternative-added", name)))


@operator(LATER, "security-scope-added")
def one_more_scope(document: Document, chance: random.Random) -> Edit | None:
    """One operation asks for a scope."""
    changed = fresh(document)
    name, _, raw, _ = chance.choice(operations(changed))
    scheme = next(iter(changed["security"][0]))
    raw["security"] = [{scheme: ["imodels:all"]}]
    return Edit(changed, _told(("security-scope-added", name)))


@operator(LATER)
def scheme_renamed(document: Document, chance: random.Random) -> Edit | None:
    """A way to sign in is called something else: no change of the API."""
    changed = fresh(document)
    schemes = changed["components"]["securitySchemes"]
    old = next(iter(schemes))
    schemes["Renamed"] = schemes.pop(old)
    for holder in (changed, *(raw for _, _, raw, _ in operations(changed))):
        if "security" in holder:
            holder["security"] = [
                {"Renamed" if name == old else name: scopes for name, scopes in one.items()}
                for one in holder["security"]
            ]
    return Edit(changed, frozenset())


@operator(LATER)
def reference_drawn_in(document: Document, chance: random.Random) -> Edit | None:
    """A shared schema is written out where it is used, or put behind allOf: no change of the API."""
    changed = fresh(document)
    found = [
        (node.value["properties"], name)
        for node in schemas(changed)
        for name, inner in (node.value.get("properties") or {}).items()
        if isinstance(inner, dict) and "$ref" in inner
    ]
    if not found:
        return None
    holder, name = chance.choice(found)
    given = holder[name]
    holder[name] = chance.choice([fresh(resolved(changed, given)), {"allOf": [{"$ref": given["$ref"]}]}])
    return Edit(changed, frozenset())


@operator(LATER)
def null_said_otherwise(document: Document, chance: random.Random) -> Edit | None:
    """`type: [x, null]` becomes `anyOf` of both: no change of the API."""
    found = pick(
        document, chance, lambda n: isinstance(n.value.get("type"), list) and "null" in n.value["type"]
    )
    if not found:
        return None
    changed, node = found
    old = dict(node.value)
    old["type"] = next(kind for kind in old["type"] if kind != "null")
    node.value.clear()
    node.value["anyOf"] = [old, {"type": "null"}]
    return Edit(changed, frozenset(), frozenset({node.pointer}))


@operator(LATER)
def schema_renamed(document: Document, chance: random.Random) -> Edit | None:
    """A shared schema is called something else: no change of the API."""
    changed = fresh(document)
    name = chance.choice(list(changed["components"]["schemas"]))
    known = changed["components"]["schemas"]
    known["QuiteNew"] = known.pop(name)
    _point(changed, f"#/components/schemas/{name}", "#/components/schemas/QuiteNew")
    return Edit(changed, frozenset())


def _point(node: Any, old: str, new: str) -> None:
    if isinstance(node, dict):
        if node.get("$ref") == old:
            node["$ref"] = new
        for value in node.values():
            _point(value, old, new)
    elif isinstance(node, list):
        for value in node:
            _point(value, old, new)


@operator(LATER)
def parameters_of_the_path(document: Document, chance: random.Random) -> Edit | None:
    """What stood beside the methods of a path stands in each of them: no change of the API."""
    changed = fresh(document)
    items = [item for item in changed["paths"].values() if item.get("parameters")]
    item = chance.choice(items)
    shared = item.pop("parameters")
    for method in ("get", "put", "post", "patch", "delete"):
        if method in item:
            item[method]["parameters"] = [*shared, *item[method].get("parameters", [])]
    return Edit(changed, frozenset())


@operator(LATER, *both("type-changed"))
def object_became_text(document: Document, chance: random.Random) -> Edit | None:
    """What was an object or a list, with all that was told of it, is a text: one change."""
    found = pick(document, chance, lambda n: n.property_of and n.value.get("type") in ("object", "array"))
    if not found:
        return None
    changed, node = found
    node.value.clear()
    node.value["type"] = "string"
    return Edit(changed, node.say("type-changed"), frozenset({node.pointer}))


@operator(LATER)
def bound_said_otherwise(document: Document, chance: random.Random) -> Edit | None:
    """Whole numbers above 0 instead of from 1 on: no change of the API."""
    found = pick(document, chance, lambda n: n.value.get("type") == "integer" and "minimum" in n.value)
    if not found:
        return None
    changed, node = found
    node.value["exclusiveMinimum"] = node.value.pop("minimum") - 1
    return Edit(changed, frozenset(), frozenset({node.pointer}))


@operator(LATER)
def values_to_choose_from(document: Document, chance: random.Random) -> Edit | None:
    """Constants to choose from instead of listed values: no change of the API."""
    found = pick(document, chance, lambda n: "enum" in n.value and "null" not in n.value.get("type", ""))
    if not found:
        return None
    changed, node = found
    node.value["oneOf"] = [{"const": value} for value in node.value.pop("enum")]
    return Edit(changed, frozenset(), frozenset({node.pointer}))


@operator(LATER)
def told_in_two_parts(document: Document, chance: random.Random) -> Edit | None:
    """What an object must have is told in a part of its own: no change of the API."""
    found = pick(document, chance, lambda n: n.value.get("properties") and n.value.get("required"))
    if not found:
        return None
    changed, node = found
    part = {"required": node.value.pop("required")}
    node.value["allOf"] = [*node.value.get("allOf", ()), part]
    return Edit(changed, frozenset(), frozenset({node.pointer}))


@operator(LATER)
def character_set_told(document: Document, chance: random.Random) -> Edit | None:
    """A media type names its character set: no change of the API."""
    changed = fresh(document)
    found = [
        answer["content"]
        for _, _, raw, _ in operations(changed)
        for answer in raw["responses"].values()
        if "application/json" in answer.get("content", {})
    ]
    content = chance.choice(found)
    content["Application/JSON; charset=UTF-8"] = content.pop("application/json")
    return Edit(changed, frozenset())


@operator(LATER)
def refusal_became_a_range(document: Document, chance: random.Random) -> Edit | None:
    """One refusal is told as any of its kind."""
    changed = fresh(document)
    found = [
        (name, raw["responses"], status)
        for name, _, raw, _ in operations(changed)
        for status in raw["responses"]
        if status.startswith("4")
    ]
    if not found:
        return None
    name, responses, status = chance.choice(found)
    responses["4XX"] = responses.pop(status)
    return Edit(changed, _told(("response-error-status-added", name)))
