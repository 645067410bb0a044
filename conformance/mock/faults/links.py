"""Links that lead nowhere or elsewhere."""

from __future__ import annotations

from uuid import UUID, uuid5

from conformance.mock.call import Answer, Call
from conformance.mock.faults import fault
from conformance.mock.faults.answers import LISTS
from conformance.mock.walk import links, objects

STORED = ("upload", "download")
PAGE = ("self", "prev", "next")
NOBODY = uuid5(UUID(int=0), "nobody")


@fault("links/absolute")
def relative(call: Call, answer: Answer) -> None:
    """Links without scheme and host."""
    for _, link in links(answer.body):
        link["href"] = link["href"].removeprefix(call.request.origin)


@fault("links/agree-with-entity")
def other_entity(call: Call, answer: Answer) -> None:
    """Links to the same things of another iModel."""
    for name, link in links(answer.body):
        if name not in (*STORED, *PAGE):
            head, _, tail = link["href"].partition("/imodels/")
            link["href"] = f"{head}/imodels/{NOBODY}/{tail.partition('/')[2]}"


@fault("links/resolve")
def dead_creator(call: Call, answer: Answer) -> None:
    """Links to a user nobody knows, where nothing else in the answer names the true one."""
    for found in objects(answer.body):
        creator = found.get("_links", {}).get("creator")
        if creator is not None and "creatorId" not in found:
            creator["href"] = f"{creator['href'].rpartition('/')[0]}/{NOBODY}"


@fault("links/storage-type")
def no_storage_type(call: Call, answer: Answer) -> None:
    """Storage links that do not say whose they are."""
    for name, link in links(answer.body):
        if name in STORED:
            link.pop("storageType", None)


@fault("links/storage-type:unknown")
def other_storage_type(call: Call, answer: Answer) -> None:
    """Storage links of a kind nobody announced."""
    for name, link in links(answer.body):
        if name in STORED:
            link["storageType"] = "basement"


@fault("links/no-trailing-slash")
def trailing_slash(call: Call, answer: Answer) -> None:
    """Links with a slash at the end."""
    for name, link in links(answer.body):
        if name not in STORED:
            path, mark, query = link["href"].partition("?")
            link["href"] = f"{path}/{mark}{query}" if mark else f"{path}/"


@fault("lists/envelope", on=LISTS)
def no_page_links(call: Call, answer: Answer) -> None:
    """A page that does not say what follows."""
    (answer.body or {}).pop("_links", None)


@fault("lists/envelope:no-next", on=LISTS)
def no_next(call: Call, answer: Answer) -> None:
    """A last page that leaves its next link out."""
    found = (answer.body or {}).get("_links", {})
    if found.get("next") is None:
        found.pop("next", None)


@fault("lists/no-match-is-empty", on=["get-itwin-imodels", "get-imodel-named-versions"])
def nothing_is_an_error(call: Call, answer: Answer) -> None:
    """A filter that matches nothing, answered as an error."""
    found = (answer.body or {}).get(call.operation.collection or "")
    if found == [] and {"name", "$search", "state"} & call.query.keys():
        answer.status = 404
        answer.body = {"error": {"code": "iTwinNotFound", "message": "Nothing matches."}}
