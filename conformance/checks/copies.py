"""Checks of the answer to a clone or fork."""

from __future__ import annotations

from conformance.checks import check
from conformance.checks.hrefs import COPY_HEADERS, GUID, Link, links
from conformance.checks.reading import deviation, of_api, same_id
from conformance.exchange import Deviation, Exchange

LOCATION, OPERATION = COPY_HEADERS


def _header(exchange: Exchange, name: str) -> Link | None:
    """The header as a link into the API; None without it, and where links/absolute is at fault."""
    return next((link for link in links(exchange) if link.name == name and link.place), None)


@check("copies/no-body", when=lambda exchange: of_api(exchange) and exchange.status == 202)
def no_body(exchange: Exchange) -> Deviation | None:
    """The 202 has no body."""
    if not exchange.answer.body:
        return None
    return deviation("a body", "no body", f"{len(exchange.answer.body)} bytes")


@check("copies/location-names-the-copy", when=lambda exchange: _header(exchange, LOCATION) is not None)
def location_names_the_copy(exchange: Exchange) -> Deviation | None:
    """Location is the URL of a new iModel."""
    link = _header(exchange, LOCATION)
    imodel, tail = (link and link.place) or ("", [])
    if same_id(imodel, exchange.path.get("id")):
        return deviation("the source", "the id of the new iModel", imodel)
    if tail or not GUID.fullmatch(imodel):
        return deviation("no iModel", "/imodels/ and the id of the new iModel", link.href if link else "")
    return None


@check("copies/operation-header", when=lambda exchange: _header(exchange, OPERATION) is not None)
def operation_header(exchange: Exchange) -> Deviation | None:
    """Create-iModel-Operation is the URL of the create operation of the same iModel."""
    link = _header(exchange, OPERATION)
    imodel, tail = (link and link.place) or ("", [])
    if [segment.casefold() for segment in tail] != ["operations", "create"]:
        return deviation("no create operation", "…/operations/create", link.href if link else "")
    if same_id(imodel, exchange.path.get("id")):
        return deviation("that of the source", "the create operation of the new iModel", imodel)
    copy = _copy(exchange)
    return None if not copy or same_id(imodel, copy) else deviation("that of another", copy, imodel)


def _copy(exchange: Exchange) -> str:
    """The id of the new iModel, as far as Location can be trusted."""
    link = _header(exchange, LOCATION)
    return link.place[0] if link and link.place and not location_names_the_copy(exchange) else ""
