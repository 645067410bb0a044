"""What a caller may do: the permissions of the iTwin, or of the iModel once it has any of its own."""

from __future__ import annotations

from conformance.mock.call import Call
from conformance.mock.entities import DELETE, EVERYTHING, MANAGE, WEBVIEW, IModel, ITwin
from conformance.mock.liberties import liberty
from conformance.mock.rules import declare

NARROWS = declare("access/imodel-level-narrows")
UNNAMED = declare("access/unnamed-sees-nothing")
ROLE_NEEDS_WEBVIEW = declare("access/role-needs-itwin-webview")
AT_ITWIN_LEVEL = declare("access/itwin-level-stays")
USERS_NEED_WEBVIEW = liberty.switch("user-permissions-need-itwin-webview")
NOTHING: frozenset[str] = frozenset()


def in_itwin(call: Call, itwin: ITwin) -> frozenset[str]:
    """What the caller may do in an iTwin."""
    if call.caller.id in itwin.administrators:
        return EVERYTHING
    return itwin.grants.get(call.caller.id, NOTHING)


def on_imodel(call: Call, imodel: IModel) -> frozenset[str]:
    """What the caller may do with an iModel."""
    itwin = call.store.itwins[imodel.itwin_id]
    outside = in_itwin(call, itwin)
    if not imodel.secured or call.caller.id in itwin.administrators:
        return outside
    own = _by_user(call, imodel) if imodel.user_permissions else _by_role(call, imodel, itwin)
    if own is None:
        return outside if call.drops(UNNAMED) else NOTHING
    if _unseen(call, imodel, outside):
        return NOTHING
    return own | outside if call.drops(NARROWS) else own


def _by_user(call: Call, imodel: IModel) -> frozenset[str] | None:
    """What the iModel permits the caller by name; None where it does not name them."""
    return imodel.user_permissions.get(call.caller.id)


def _by_role(call: Call, imodel: IModel, itwin: ITwin) -> frozenset[str] | None:
    """What the iModel permits the roles of the caller together; None where it names none of them."""
    named = itwin.roles.get(call.caller.id, NOTHING) & imodel.role_permissions.keys()
    return NOTHING.union(*(imodel.role_permissions[role] for role in named)) if named else None


def _unseen(call: Call, imodel: IModel, outside: frozenset[str]) -> bool:
    """Whether what the iModel permits counts for nothing, since the caller sees nothing of the iTwin."""
    needed = call.bent(USERS_NEED_WEBVIEW) if imodel.user_permissions else not call.drops(ROLE_NEEDS_WEBVIEW)
    return needed and WEBVIEW not in outside


def at_itwin_level(call: Call, imodel: IModel) -> frozenset[str]:
    """What counts for an operation on an iModel that asks for a permission of its iTwin."""
    outside = in_itwin(call, call.store.itwins[imodel.itwin_id])
    if not call.drops(AT_ITWIN_LEVEL):
        return outside
    own = on_imodel(call, imodel)
    return outside | own | ({DELETE} if MANAGE in own else NOTHING)
