"""One difference between a document and what was seen → the overlay actions that take it away."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.drift.locating import Location, behind, locate, target
from conformance.drift.values import learned
from conformance.openapi import JSON, METHODS, deref, shape_of

Action = dict[str, Any]


@dataclass(frozen=True)
class Repair:
    """Writes actions for one document; `old` says how OpenAPI 3.0 has null."""

    document: Mapping[str, Any]

    @property
    def old(self) -> bool:
        """Whether the document is OpenAPI 3.0."""
        return str(self.document.get("openapi")).startswith("3.0")

    def actions(
        self, rule: str, operation: str, place: str, what: str, samples: list[Any], attempt: int = 0
    ) -> Iterator[Action]:
        """What takes the difference away; nothing for what an overlay cannot say."""
        kind = rule.partition("-")[2]
        at = self._operation(operation)
        if rule == "operation-undocumented":
            yield from self._new_operation(operation, samples)
        elif at is None:
            return
        elif kind.endswith("status-undocumented"):
            yield self._update([*at, "responses"], {place: self._answer(samples)})
        elif rule == "request-media-type-undocumented":
            yield from self._body(rule, at, place, what, samples)
        elif kind in ("code-undocumented", "header-undocumented", "header-absent", "media-type-undocumented"):
            yield from self._around(kind, at, place, what, samples)
        elif kind in ("body-undocumented", "body-absent") or (kind, place) == ("requirement-waived", "body"):
            yield from self._body(rule, at, place, what, samples)
        elif kind == "parameter-undocumented" or (" /" not in place and not place.endswith(JSON)):
            yield from self._parameter(kind, at, place, samples)
        else:
            yield from self._values(kind, [*locate(self.document, at, place)], what, samples, attempt)

    def _values(
        self, kind: str, found: list[Location], what: str, samples: list[Any], attempt: int
    ) -> Iterator[Action]:
        """Of several alternatives each one is tried in its turn."""
        fit = [one for one in found if (one.node is None) is (kind == "member-undocumented")]
        if kind == "member-absent":
            fit = [one for one in fit if one.name in (_at(self.document, one.owner).get("required") or ())]
        if kind == "body-wrapped":
            fit = found
        if fit:
            yield from self._value(kind, fit[attempt % len(fit)], what, samples)

    def _operation(self, shape: str) -> list[str] | None:
        """The keys that lead to an operation."""
        method, _, path = shape.partition(" ")
        for known, item in self.document["paths"].items():
            if shape_of(known) == path and method.lower() in deref(self.document, item):
                return ["paths", known, method.lower()]
        return None

    def _update(self, keys: list[str], update: Any) -> Action:
        return {"target": target(keys), "update": update}

    def _answer(self, samples: list[Any]) -> dict[str, Any]:
        """A status, with what came with it."""
        told: dict[str, Any] = {"description": "Seen in answers of the service"}
        bodies = [one.answer.json for one in samples if isinstance(one.answer.json, dict | list)]
        if bodies:
            told["content"] = {JSON: {"schema": self._schema(bodies)}}
        else:
            media = {
                one.answer.headers.get("content-type", "").partition(";")[0]
                for one in samples
                if one.answer.body
            }
            told |= {"content": {name: {} for name in sorted(media) if name}} if media else {}
        return told

    def _schema(self, values: list[Any]) -> Any:
        """What was seen, in the words of the document's version."""
        known = learned(values)
        return _as_3_0(known) if self.old else known

    def _new_operation(self, shape: str, samples: list[Any]) -> Iterator[Action]:
        method, _, path = shape.partition(" ")
        if method.lower() not in METHODS:
            return
        names = [f"p{number}" for number in range(path.count("{}"))]
        template = path
        for name in names:
            template = template.replace("{}", f"{{{name}}}", 1)
        known = next((own for own in self.document["paths"] if shape_of(own) == path), template)
        names = [part[1:-1] for part in known.split("/") if part.startswith("{")]
        path_parameters = [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names
        ]
        by_status: dict[str, list[Any]] = {}
        for one in samples:
            by_status.setdefault(str(one.answer.status), []).append(one)
        raw: dict[str, Any] = {"responses": {key: self._answer(some) for key, some in by_status.items()}}
        shared = (deref(self.document, self.document["paths"].get(known)) or {}).get("parameters")
        if path_parameters and not shared:
            raw["parameters"] = path_parameters
        yield self._update(["paths"], {known: {method.lower(): raw}})

    def _around(
        self, kind: str, at: list[str], place: str, what: str, samples: list[Any]
    ) -> Iterator[Action]:
        """What stands beside the body of an answer."""
        status, _, header = place.partition(" header ")
        keys = self._known([*at, "responses", status])
        if kind == "code-undocumented":
            yield self._update(keys, {"x-errors": [{"code": what, "label": "observed"}]})
        elif kind == "header-undocumented":
            yield self._update(keys, {"headers": {header: {"schema": {"type": "string"}}}})
        elif kind == "media-type-undocumented":
            bodies = [one for one in samples if isinstance(one, dict | list)]
            yield self._update(keys, {"content": {what: {"schema": self._schema(bodies)} if bodies else {}}})
        else:
            headers = deref(self.document, _at(self.document, keys)).get("headers") or {}
            name = next((one for one in headers if one.lower() == header), header)
            yield self._update(self._known([*keys, "headers", name]), {"required": False})

    def _known(self, keys: list[str]) -> list[str]:
        """Where the keys lead, behind a reference."""
        node = _at(self.document, keys)
        while isinstance(node, dict) and "$ref" in node:
            keys = [part.replace("~1", "/").replace("~0", "~") for part in node["$ref"][2:].split("/")]
            node = _at(self.document, keys)
        return keys

    def _body(self, rule: str, at: list[str], place: str, what: str, samples: list[Any]) -> Iterator[Action]:
        bodies = [one for one in samples if isinstance(one, dict | list)]
        content = {what or JSON: {"schema": self._schema(bodies)} if bodies else {}}
        if rule == "request-body-undocumented":
            yield self._update(at, {"requestBody": {"content": content}})
        elif rule == "request-media-type-undocumented":
            yield self._update(self._known([*at, "requestBody"]), {"content": content})
        elif rule == "request-requirement-waived":
            yield self._update(self._known([*at, "requestBody"]), {"required": False})
        elif rule == "response-body-undocumented":
            yield self._update(self._known([*at, "responses", place]), {"content": content})
        else:
            yield {"target": target([*self._known([*at, "responses", place]), "content"]), "remove": True}

    def _parameter(self, kind: str, at: list[str], place: str, samples: list[Any]) -> Iterator[Action]:
        where, _, name = place.partition(" ")
        if kind == "parameter-undocumented":
            new = {"name": name, "in": where, "schema": {"type": "string"}}
            known = "parameters" in _at(self.document, at)
            yield self._update([*at, "parameters"], new) if known else self._update(at, {"parameters": [new]})
            return
        for keys in ([*at, "parameters"], [*at[:-1], "parameters"]):
            holder = _at(self.document, keys) or []
            for index, given in enumerate(holder):
                one = deref(self.document, given)
                if (one["in"], one["name"].lower()) == (where, name.lower()):
                    path = self._known([*keys, str(index)])
                    if kind == "requirement-waived":
                        yield self._update(path, {"required": False})
                    else:
                        yield {"target": target([*path, "schema"]), "remove": True}
                        yield self._update(path, {"schema": self._schema(samples)})

    def _value(self, kind: str, found: Location, what: str, samples: list[Any]) -> Iterator[Action]:
        keys, node = behind(self.document, found.keys)
        if kind in ("member-undocumented", "body-wrapped"):
            yield from self._member(kind, found, samples)
        elif kind in ("member-absent", "requirement-waived"):
            listed = target([*found.owner, "required"])
            # OpenAPI 3.0 knows no empty list here.
            alone = len(_at(self.document, found.owner)["required"]) == 1
            yield {"target": listed if alone else f"{listed}[?@ == {json.dumps(found.name)}]", "remove": True}
        elif kind == "value-undocumented":
            yield self._update(keys, {"enum": [next((s for s in samples if str(s) == what), what)]})
        elif kind == "null-undocumented":
            yield from self._nullable(found)
        elif kind == "type-wrong":
            kinds = learned(samples).get("type", [])
            before = node.get("type", [])
            told = sorted({*_listed(before), *_listed(kinds)})
            yield {"target": target([*keys, "type"]), "remove": True}
            if not self.old:
                yield self._update(keys, {"type": told})
        else:
            yield {"target": target([*keys, what]), "remove": True}

    def _member(self, kind: str, found: Location, samples: list[Any]) -> Iterator[Action]:
        if kind == "member-undocumented":
            yield self._update(found.owner, {"properties": {found.name: self._schema(samples)}})
            return
        # The whole body moves one level down, as the document has it.
        yield {"target": target(found.whole), "remove": True}
        wrapper = {"type": "object", "required": [found.name], "properties": {found.name: found.body}}
        yield self._update(found.whole[:-1], {found.whole[-1]: wrapper})

    def _nullable(self, found: Location) -> Iterator[Action]:
        node = found.node
        if "$ref" in node or not isinstance(node.get("type"), str | list):
            yield {"target": target(found.keys), "remove": True}
            new = {"nullable": True, "allOf": [node]} if self.old else {"anyOf": [node, {"type": "null"}]}
            yield self._update(found.keys[:-1], {found.keys[-1]: new})
        elif self.old:
            yield self._update(found.keys, {"nullable": True})
        else:
            kinds = node["type"]
            listed = {"enum": [None]} if "enum" in node else {}
            yield self._update(
                found.keys, {"type": ["null"] if isinstance(kinds, list) else [kinds, "null"], **listed}
            )


def _listed(kinds: Any) -> list[str]:
    return [kinds] if isinstance(kinds, str) else list(kinds)


def _at(document: Any, keys: list[str]) -> Any:
    node = document
    for key in keys:
        node = deref(document, node)
        node = node[int(key)] if isinstance(node, list) else (node or {}).get(key)
    return node


def _as_3_0(schema: Any) -> Any:
    """What was learned, as OpenAPI 3.0 has it: one type, and a flag for null."""
    if not isinstance(schema, dict):
        return schema
    told = {
        key: {name: _as_3_0(inner) for name, inner in value.items()}
        if key == "properties"
        else _as_3_0(value)
        for key, value in schema.items()
    }
    kinds = _listed(told.pop("type", []))
    present = [kind for kind in kinds if kind != "null"]
    return (
        told
        | ({"type": present[0]} if len(present) == 1 else {})
        | ({"nullable": True} if "null" in kinds else {})
    )
