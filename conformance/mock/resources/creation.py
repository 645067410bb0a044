"""How iModels are made: empty, from a template, or from a file to come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from conformance.mock import access
from conformance.mock.call import Answer, Call
from conformance.mock.entities import READ, WEBVIEW, Changeset, IModel, ITwin
from conformance.mock.faults import fault
from conformance.mock.gaps import gap
from conformance.mock.handlers import finding
from conformance.mock.liberties import liberty
from conformance.mock.problems import INVALID, Detail, Problem
from conformance.mock.resources.imodels import NO_LOCATION, entity, extent_of, find_itwin
from conformance.mock.rules import rule
from conformance.mock.store import EMPTY_FILE, baseline_name, container
from conformance.mock.views import link, ok, storage_link, url

NAMED_LATE = fault.switch("imodels/name-won-once")
STORED_OTHERWISE = fault.switch("imodels/create-is-readable")
# Work that never ends is no fault: nobody documents how long it may take, so no client could tell.
EMPTY_FAILS = fault.switch("imodels/empty-mode-becomes-initialized")
TEMPLATE_FAILS = fault.switch("imodels/from-template")
TEMPLATE_TAKEN = fault.switch("requests/undocumented-fault:template")
TEMPLATE_BARE = fault.switch("imodels/from-template:baseline")
TEMPLATE_UNMERGED = fault.switch("imodels/from-template:unmerged")

EMPTY_AT_ONCE = liberty.switch("empty-mode-at-once")
TEMPLATE_422 = liberty.switch("unknown-template-422")
TEMPLATE_403 = liberty.switch("unknown-template-403")
MODE_409 = liberty.switch("contradicting-mode-409")

MODES = {"empty": None, "fromimodelversion": "template", "frombaseline": "baselineFile"}


@dataclass(frozen=True)
class Plan:
    """What a new iModel is made of."""

    itwin: ITwin
    template: IModel | None = None
    upto: Changeset | None = None


def _plan(call: Call) -> Plan:
    mode_fits(call)
    itwin = find_itwin(call, call.body.get("iTwinId"))
    if (template := call.object("template")) is None:
        return Plan(itwin)
    source = call.store.imodels.get(str(template.get("iModelId")).lower())
    if source is None and call.bent(TEMPLATE_TAKEN):
        return Plan(itwin)
    missing = _otherwise_missing(call)
    if source is None or WEBVIEW not in access.held(call, source):
        raise missing or Problem("iModelNotFound")
    source.settle(call.now)
    wanted = template.get("changesetId")
    upto = source.changesets.get(str(wanted).lower()) if wanted else None
    if wanted and upto is None:
        raise missing or Problem("ChangesetNotFound")
    return Plan(itwin, source, upto)


def _otherwise_missing(call: Call) -> Problem | None:
    """What is said of a template that is not there, where it is not said like that."""
    if call.bent(TEMPLATE_403):
        return Problem("InsufficientPermissions")
    return Problem(INVALID, [Detail("InvalidValue", "template")]) if call.bent(TEMPLATE_422) else None


@rule("requests/undocumented-fault")
def mode_fits(call: Call) -> None:
    """The creation mode must not contradict the rest of the body."""
    mode = call.text("creationMode")
    if mode is None:
        return
    needed = MODES.get(mode.lower())
    given = {name for name in ("template", "baselineFile") if name in call.body}
    if given != ({needed} if needed else set()):
        if call.bent(MODE_409):
            raise Problem("DataConflict")
        raise Problem(INVALID, [Detail("MutuallyExclusivePropertiesProvided")])


@finding("create-imodel", _plan)
async def create_imodel(call: Call, plan: Plan) -> Answer:
    """Create an iModel: empty, from a template, or from a file to come."""
    if plan.template is not None:
        if READ not in access.held(call, plan.template):
            raise Problem("InsufficientPermissions")
        if not plan.template.initialized(call.now):
            raise Problem("iModelNotInitialized")
    name_free(call, plan.itwin, call.text("name"))
    await gap(call, NAMED_LATE)
    made = _made(call, plan)
    whole = entity(call, made)
    awaited = made.origin == "baseline"
    links = whole["_links"]
    links["upload"] = storage_link(call, container(made), baseline_name(made), "rw") if awaited else None
    links["complete"] = link(call, made.id, "baselinefile") if awaited else None
    answer = ok("iModel", whole, 201)
    if not call.bent(NO_LOCATION):
        answer.headers["Location"] = url(call, made.id)
    if call.bent(STORED_OTHERWISE):
        made.description = f"{made.description or ''}."
    return answer


@rule("imodels/name-unique")
def name_free(call: Call, itwin: ITwin, name: str | None) -> None:
    """No two iModels of an iTwin share a name."""
    if name is not None and name.casefold() in itwin.names:
        raise Problem("iModelExists")


def _made(call: Call, plan: Plan) -> IModel:
    id = call.store.new_id()
    made = IModel(
        id,
        plan.itwin.id,
        call.text("name") or f"iModel {id[:8]}",
        call.caller.id,
        call.now,
        ready=_ready(call, plan),
        description=call.text("description"),
        extent=extent_of(call),
        containers_enabled=call.number("containersEnabled") or 0,
    )
    return _filled(call, plan, made)


def _ready(call: Call, plan: Plan) -> datetime | None:
    if call.object("baselineFile") is not None:
        return None
    instant = call.text("creationMode") is None or call.bent(EMPTY_AT_ONCE)
    return call.now if plan.template is None and instant else call.work()


def _filled(call: Call, plan: Plan, made: IModel) -> IModel:
    baseline: bytes | None = EMPTY_FILE
    if (awaited := call.object("baselineFile")) is not None:
        made.origin, made.baseline_size = "baseline", awaited.get("size", 0)
        baseline = None
    elif plan.template is not None:
        made.origin, made.failed = "template", call.bent(TEMPLATE_FAILS)
        baseline = merged(call, plan.template, None if call.bent(TEMPLATE_BARE) else plan.upto)
        if call.bent(TEMPLATE_UNMERGED):
            made.arriving = [*plan.template.timeline]
    elif not made.initialized(call.now):
        made.failed = call.bent(EMPTY_FAILS)
    call.store.add(made, baseline, call.now)
    return made


def merged(call: Call, source: IModel, upto: Changeset | None) -> bytes:
    """The baseline of an iModel with its changesets up to one merged into it."""
    data = call.store.baseline(source)
    for changeset in source.timeline[: upto.index if upto else 0]:
        blob = call.store.blobs.get(container(source), f"{changeset.id}.cs")
        data += blob.data if blob else b""
    return data
