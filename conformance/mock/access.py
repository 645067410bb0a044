"""Who is calling, and what they may do."""

from __future__ import annotations

from conformance.mock import grants, sharekeys, tokens
from conformance.mock.call import Call
from conformance.mock.entities import DELETE, MANAGE, READ, WEBVIEW, WRITE, IModel, ITwin, User
from conformance.mock.faults import fault
from conformance.mock.liberties import liberty
from conformance.mock.problems import Problem
from conformance.mock.rules import declare, rule
from conformance.mock.signin.bearer import READS, WRITES, bearer

LEAVES_OUT = declare("imodels/list-leaves-out-secured")
NOT_WIDER = fault.switch("access/imodel-level-widens")
WRITERS_MANAGE = fault.switch("access/write-needs-permission:writers-manage")
UNSIGNED = fault.switch("access/bad-token:unsigned")
READERS_SHUT_OUT = fault.switch("access/reader-reads")
OTHER_TOKEN_CODE = liberty.switch("other-bad-token-code")
TELLING = fault.switch("access/refusal-names-nothing")
OUTSIDER_403 = liberty.switch("outsider-403")
OUTSIDER_WRITES_404 = liberty.switch("outsider-writes-404")
CHECKPOINT_404 = liberty.switch("viewer-checkpoint-404")

BASIC = "basic"
SCHEMES = {"bearer", BASIC}
COPYING = {"clone-imodel", "fork-imodel"}


def authenticate(call: Call) -> None:
    """Find out who is calling, or refuse with a 401."""
    header = call.request.headers.get("authorization")
    header_present(call, header)
    scheme, _, credentials = (header or "").strip().partition(" ")
    header_filled(call, scheme, credentials.strip())
    scheme_accepted(call, scheme)
    if scheme.lower() == BASIC:
        call.share, call.caller = sharekeys.opened(call, credentials.strip()), tokens.ANONYMOUS
        return
    token = credentials.strip()
    token_current(call, token)
    user = bearer(call.service, token, READS if call.reads else WRITES)
    if token != tokens.ENDED and not (call.bent(UNSIGNED) and token.endswith(".")):
        token_known(call, user)
    # Only with a dropped rule or a fault does anyone get here without a token of the mock.
    call.caller = user or tokens.USERS["admin"]


@rule("access/no-token")
def header_present(call: Call, header: str | None) -> None:
    """There must be an Authorization header."""
    if header is None:
        raise Problem("HeaderNotFound")


@rule("access/empty-token")
def header_filled(call: Call, scheme: str, credentials: str) -> None:
    """The header must hold something."""
    if call.request.headers.get("authorization") is None:
        return
    if not scheme or (scheme.lower() in SCHEMES and not credentials):
        raise Problem("InvalidHeaderValue")


@rule("access/wrong-scheme")
def scheme_accepted(call: Call, scheme: str) -> None:
    """Only bearer tokens and keys of shares are accepted."""
    if scheme and scheme.lower() not in SCHEMES:
        raise Problem("InvalidAuthorizationScheme")


@rule("access/expired-token")
def token_current(call: Call, token: str) -> None:
    """The token must not have ended."""
    if token == tokens.ENDED:
        raise Problem("HeaderNotFound" if call.bent(OTHER_TOKEN_CODE) else "Unauthorized")


@rule("access/bad-token")
def token_known(call: Call, user: User | None) -> None:
    """The token must be one of ours."""
    scheme, _, credentials = call.request.headers.get("authorization", "").partition(" ")
    if user is None and scheme.lower() == "bearer" and credentials.strip():
        raise Problem("HeaderNotFound" if call.bent(OTHER_TOKEN_CODE) else "Unauthorized")


def held(call: Call, place: IModel | ITwin) -> frozenset[str]:
    """The permissions of the caller at a place."""
    if call.share is not None:
        return sharekeys.held(call, call.share, place)
    if isinstance(place, IModel):
        return grants.on_imodel(call, place)
    return grants.in_itwin(call, place)


def _counted(call: Call, place: IModel | ITwin) -> frozenset[str]:
    """The permissions of the caller that count for this operation at a place."""
    permission = call.operation.permission
    if isinstance(place, IModel) and call.bent(NOT_WIDER):
        return held(call, place) & grants.at_itwin_level(call, place)
    of_itwin = permission is not None and permission.level == "itwin" and call.share is None
    return grants.at_itwin_level(call, place) if of_itwin and isinstance(place, IModel) else held(call, place)


def can(call: Call, permission: str) -> bool:
    """Whether the caller has a permission wherever the call acts."""
    return all(permission in held(call, place) for place in call.places)


def may_act_for(call: Call, owner_id: str) -> bool:
    """Whether the caller may touch what an owner holds: as the owner, or with the permission for any."""
    permission = call.operation.permission
    needed = permission.any if permission else None
    return owner_id == call.caller.id or (needed is not None and can(call, needed))


def admit(call: Call) -> None:
    """Refuse a reader who may not even see the place."""
    if call.reads:
        for place in call.places:
            if WEBVIEW not in held(call, place):
                hide(call, place)


def permit(call: Call) -> None:
    """Refuse a caller who lacks the permission the contract names."""
    permission = call.operation.permission
    needs = permission.needs if permission else WEBVIEW
    sharekeys.reads_only(call)
    if call.reads and call.bent(READERS_SHUT_OUT) and can(call, READ) and not can(call, WRITE):
        raise Problem("InsufficientPermissions")
    for place in call.places:
        granted = _counted(call, place)
        seen = held(call, place) if call.operation.id in COPYING else granted
        if WEBVIEW not in seen:
            hide(call, place)
        elif needs not in granted:
            _refuse(call, needs, granted)


def _refuse(call: Call, needs: str, granted: frozenset[str]) -> None:
    if needs == MANAGE and WRITE in granted and call.bent(WRITERS_MANAGE):
        return
    if call.reads:
        checkpoint_needs_read(call)
    elif needs == DELETE and MANAGE in granted:
        delete_needs_delete(call)
    else:
        write_needs_permission(call)


def lists(call: Call, imodel: IModel) -> bool:
    """Whether the list of the iTwin shows an iModel to the caller."""
    itwin = call.store.itwins[imodel.itwin_id]
    return (
        not imodel.secured
        or MANAGE in grants.in_itwin(call, itwin)
        or WEBVIEW in held(call, imodel)
        or call.drops(LEAVES_OUT)
    )


@rule("access/outsider-sees-nothing")
def hide(call: Call, place: IModel | ITwin) -> None:
    """What a caller may not see is not there for reading, and refused for writing where a 403 is known."""
    writes = not call.reads and bool(call.operation.errors(403))
    code = "iModelNotFound" if isinstance(place, IModel) else "iTwinNotFound"
    if (writes and not call.bent(OUTSIDER_WRITES_404)) or call.bent(OUTSIDER_403):
        code = "InsufficientPermissions"
    told = f"{place.name} is not for you." if isinstance(place, IModel) and call.bent(TELLING) else None
    raise Problem(code, message=told)


@rule("access/checkpoint-needs-read")
def checkpoint_needs_read(call: Call) -> None:
    """Viewing alone opens no checkpoint."""
    raise Problem("CheckpointNotFound" if call.bent(CHECKPOINT_404) else "InsufficientPermissions")


@rule("access/delete-needs-delete")
def delete_needs_delete(call: Call) -> None:
    """Managing alone deletes nothing."""
    raise Problem("InsufficientPermissions")


@rule("access/write-needs-permission")
def write_needs_permission(call: Call) -> None:
    """Writing takes the permission for it."""
    raise Problem("InsufficientPermissions")


@rule("access/viewer-gets-no-download", otherwise=True)
def may_download(call: Call) -> bool:
    """Links to files are for callers who may read."""
    return can(call, READ)
