"""What the engine plays on: an iModel of its own, and true ids in place of invented ones."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.cases.values import cleaned
from conformance.make import NAME_LIMIT, Maker, expiry
from conformance.pictures import JPEG, PNG, picture
from conformance.target import GUID
from conformance.transport.journal import Journal

REFERENCES = {"template", "baselineFile", "creationMode", "geographicCoordinateSystem", "parentId", "groupId"}
"""Members that are only right together with others: left out, so that a body is about itself."""
BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")
CONFIGURATIONS = ("rolePermissions", "userPermissions")
CHANGESET = re.compile(r"[0-9a-fA-F]{40}|[0-9]{1,10}")


@dataclass
class Stage:
    """An iModel with a history; `seen` are the ids that answers have shown, which stay where they are."""

    itwin: str
    run: str
    scope: str
    journal: Journal
    path: Mapping[str, str]
    data: str = ""
    seen: set[str] = field(default_factory=set)

    @classmethod
    def set_up(cls, make: Maker, journal: Journal) -> Stage:
        """Make the iModel, two changesets and a named version."""
        imodel = str(make.imodel(description=f"{make.run} engine")["id"])
        briefcase = int(make.briefcase(imodel)["briefcaseId"])
        changesets = make.pushes(imodel, briefcase, 2)
        path = {
            "id": imodel,
            "changeset": str(changesets[0]["id"]),
            "briefcaseId": str(briefcase),
            "namedVersionId": str(make.named_version(imodel, changesets[0]["id"])["id"]),
            "userId": str(changesets[0]["creatorId"]),
        }
        if "create-imodel-changeset-group" in make.api.contract.operations:
            path["changesetGroupId"] = str(make.group(imodel)["id"])
        return cls(make.itwin, make.run, make.api.scope, journal, path, make.data())

    def learn(self, body: Any) -> None:
        """Remember the ids in an answer."""
        if isinstance(body, dict):
            self.seen |= {str(value) for name, value in body.items() if name in {"id", "briefcaseId"}}
            for value in body.values():
                self.learn(value)
        elif isinstance(body, list):
            for value in body:
                self.learn(value)

    def plant(self, case: Any, *, valid: bool) -> None:
        """Put what is true into a generated case, wherever it has something well-formed but invented."""
        deletes = (case.method, case.path) == ("DELETE", "/{id}")
        for name, value in dict(case.path_parameters).items():
            if name in self.path and not deletes and self._invented(name, str(value)):
                case.path_parameters[name] = self.path[name]
        if GUID.fullmatch(str((case.query or {}).get("iTwinId", ""))):
            case.query["iTwinId"] = self.itwin
        if isinstance(case.body, dict):
            case.body = self.body(cleaned(case.body) if valid else case.body)
        if valid and case.media_type in (PNG, JPEG):
            case.body = picture(case.media_type)

    def body(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """A body with the run's iTwin, ids that exist, and a name that carries the run's id."""
        kept = {name: value for name, value in body.items() if name not in REFERENCES}
        if GUID.fullmatch(str(kept.get("iTwinId", ""))):
            kept["iTwinId"] = self.itwin
        if isinstance(kept.get("briefcaseId"), int) and kept["briefcaseId"] > 0:
            kept["briefcaseId"] = int(self.path["briefcaseId"])
        if kept.get("changesetId"):
            kept["changesetId"] = self.path["changeset"]
            kept.pop("changesetIndex", None)
        if BASE64.fullmatch(str(kept.get("data", ""))) and self.data:
            kept["data"] = self.data
        if isinstance(kept.get("expiresAt"), str):
            kept["expiresAt"] = expiry()
        # Whom a configuration does not name is locked out, the run itself among them: nobody is named.
        kept |= {name: [] for name in CONFIGURATIONS if isinstance(kept.get(name), list)}
        if isinstance(kept.get("name"), str) and 0 < len(kept["name"].strip()) <= NAME_LIMIT:
            kept["name"] = f"{self.run} {kept['name']}"[:NAME_LIMIT].strip()
        return kept

    def _invented(self, name: str, value: str) -> bool:
        if name == "id":
            return bool(GUID.fullmatch(value)) and not self.journal.holds(value, self.scope)
        form = {"changeset": CHANGESET, "briefcaseId": re.compile(r"[1-9]\d*")}.get(name, GUID)
        return bool(form.fullmatch(value)) and value not in self.seen
