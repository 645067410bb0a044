"""Development tokens and the users behind them."""

from __future__ import annotations

from conformance.mock.entities import DELETE, EVERYTHING, READ, WEBVIEW, WRITE, Application, User

ITWIN = "4a7b3c52-9d0e-4f61-8a25-1c6d7e8f9012"
SECOND_ITWIN = "8c1d5e74-2f3a-4b86-9c47-3e8f9a0b1234"
ITWIN_NAMES = {ITWIN: "Mock iTwin", SECOND_ITWIN: "Second mock iTwin"}
UNKNOWN_ITWIN = "f0e1d2c3-b4a5-4968-8778-695a4b3c2d1e"

PREFIX = "mock-token-"
ENDED = PREFIX + "expired"
"""A token that was issued to somebody and has ended."""

_PEOPLE = {
    "admin": ("3f2a1b0c-5d6e-4f70-8192-a3b4c5d6e7f8", "Ada", "Okafor"),
    "second": ("6b5c4d3e-2f10-4a9b-8c7d-e6f504132435", "Bo", "Lindqvist"),
    "writer": ("9e8d7c6b-5a49-4382-9716-05f4e3d2c1b0", "Cleo", "Marchetti"),
    "reader": ("c1b2a3d4-e5f6-4071-8293-a4b5c6d7e8f9", "Dev", "Raman"),
    "viewer": ("d4c3b2a1-6f5e-4170-9382-9f8e7d6c5b4a", "Elif", "Yildiz"),
    "manager": ("e5f6a7b8-c9d0-4e1f-8a2b-3c4d5e6f7081", "Finn", "Hughes"),
    "outsider": ("fa0b1c2d-3e4f-4506-8718-293a4b5c6d7e", "Gia", "Moreau"),
    "stranger": ("0d1e2f3a-4b5c-4d6e-8f70-8192a3b4c5d6", "Hugo", "Silva"),
}

GRANTS: dict[str, frozenset[str]] = {
    "admin": EVERYTHING,
    "second": EVERYTHING,
    "writer": frozenset({WEBVIEW, READ, WRITE}),
    "reader": frozenset({WEBVIEW, READ}),
    "viewer": frozenset({WEBVIEW}),
    "manager": EVERYTHING - {DELETE},
    "outsider": frozenset(),
    "stranger": EVERYTHING,
}

ROLES = {
    "admin": "a7c25e90-3b14-4d68-8f7a-50e1c9d2b346",
    "second": "b8d36fa1-4c25-4e79-9a8b-61f2dae3c457",
    "writer": "c9e47ab2-5d36-4f8a-8b9c-72a3ebf4d568",
    "reader": "daf58bc3-6e47-4a9b-9cad-83b4fca5e679",
    "viewer": "eba69cd4-7f58-4bac-8dbe-94c5adb6f78a",
    "manager": "fcb7ade5-8a69-4cbd-9ecf-a5d6bec7a89b",
    "outsider": "0dc8bef6-9b7a-4dce-8fd0-b6e7cfd8b9ac",
}
"""The role that each of them has in every iTwin; the outsider's permits nothing there."""
ADMINISTRATORS = frozenset({_PEOPLE["admin"][0]})
"""Who administers the organization that owns the iTwins."""


def token(name: str) -> str:
    """The token of a user of the mock."""
    return PREFIX + name


def _user(name: str) -> User:
    id, given, surname = _PEOPLE[name]
    application = Application(f"mock-{name}", f"Mock {name.title()}")
    return User(id, f"{given}.{surname}@example.com".lower(), given, surname, application)


ANONYMOUS = User("ffffffff-ffff-4fff-8fff-ffffffffffff", "", "", "", Application("", ""))
"""Whoever comes with the key of a share instead of a token."""
USERS = {name: _user(name) for name in _PEOPLE}
# The stranger writes beside the tests and cannot be asked for: no token opens it.
BY_TOKEN = {token(name): user for name, user in USERS.items() if name != "stranger"}
