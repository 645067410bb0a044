"""The target file `imodels.toml`: what a run needs to know about a service, and never a secret."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from conformance.names import UnknownName, known
from conformance.requirements import PROFILES
from conformance.target import IDENTITIES, TargetError

USUAL = "imodels.toml"
TEXT, TEXTS, FLAG, COUNT, NUMBER, WORDS = (
    "text",
    "a list of texts",
    "true or false",
    "a whole number above 0",
    "a number above 0",
    "a table of texts",
)
IDENTITY = {
    "token-env": TEXT,
    "token-command": TEXTS,
    "token-url": TEXT,
    "client-id": TEXT,
    "client-secret-env": TEXT,
    "client-secret-command": TEXTS,
    "scope": TEXT,
    "role": TEXT,
}
TABLES: Mapping[str, Mapping[str, str]] = {
    "target": {"url": TEXT, "itwins": TEXTS, "dedicated": FLAG, "not-offered": TEXTS, "imodels": TEXTS},
    "run": {
        "profile": TEXT,
        "rate": NUMBER,
        "tier": TEXT,
        "max-requests": COUNT,
        "max-time": NUMBER,
        "max-imodels": COUNT,
        "strict": FLAG,
        "require-complete": FLAG,
        "waivers": TEXT,
    },
    "network": {
        "timeout": NUMBER,
        "proxy": TEXT,
        "proxy-env": TEXT,
        "ca": TEXT,
        "client-certificate": TEXT,
        "client-key": TEXT,
        "headers": WORDS,
        "headers-env": WORDS,
    },
    "files": {"baseline": TEXT},
}
"""Table → key → what it holds; `identities` has a table of IDENTITY for each name."""
SECRETS = re.compile(r"token|password|(client-)?secret|api-?key|authorization", re.IGNORECASE)
FITS: Mapping[str, Callable[[Any], bool]] = {
    TEXT: lambda value: isinstance(value, str) and bool(value.strip()),
    TEXTS: lambda value: isinstance(value, list) and all(isinstance(text, str) and text for text in value),
    FLAG: lambda value: isinstance(value, bool),
    COUNT: lambda value: type(value) is int and value > 0,
    NUMBER: lambda value: type(value) in (int, float) and 0 < value < float("inf"),
    WORDS: lambda value: isinstance(value, dict) and all(isinstance(text, str) for text in value.values()),
}


@dataclass(frozen=True)
class TargetFile:
    """A target file that was read: its tables, every key known and of the right kind."""

    path: Path
    tables: Mapping[str, Any] = field(default_factory=dict)

    def get(self, table: str, key: str, default: Any = None) -> Any:
        """What the file says, or the default."""
        return self.tables.get(table, {}).get(key, default)

    @property
    def identities(self) -> Mapping[str, Mapping[str, Any]]:
        """Identity → how it gets its token."""
        found: Mapping[str, Mapping[str, Any]] = self.tables.get("identities", {})
        return found

    def beside(self, name: str) -> Path:
        """A path that the file names, relative to where the file lies."""
        return self.path.parent / Path(name).expanduser()


def find(named: str) -> str:
    """The file to read: the one that was named, else the usual one where it lies in the current folder."""
    return named or (USUAL if Path(USUAL).is_file() else "")


def read(name: str) -> TargetFile:
    """Read a target file; raises TargetError in one line. Without a name nothing is said."""
    path = Path(name)
    if not name:
        return TargetFile(path)
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise TargetError(f"{name}: {reason}") from error
    try:
        _check(tables)
    except (UnknownName, ValueError) as error:
        raise TargetError(f"{name}: {error}") from error
    return TargetFile(path, tables)


def _check(tables: Mapping[str, Any]) -> None:
    for name, table in tables.items():
        known("table", [name], [*TABLES, "identities"])
        if not isinstance(table, dict):
            raise ValueError(f"{name} is a table: write [{name}]")
        if name != "identities":
            _check_table(name, table, TABLES[name])
    for name, table in tables.get("identities", {}).items():
        known("identity", [name], IDENTITIES)
        if not isinstance(table, dict):
            raise ValueError(f"an identity is a table: write [identities.{name}]")
        _check_table(f"identities.{name}", table, IDENTITY)
    profile = tables.get("run", {}).get("profile")
    if profile is not None:
        known("profile", [profile], PROFILES)


def _check_table(name: str, table: Mapping[str, Any], keys: Mapping[str, str]) -> None:
    for key, value in table.items():
        if key not in keys and SECRETS.fullmatch(key):
            raise ValueError(
                f"[{name}] {key}: a secret has no place in this file; name a variable with {key}-env"
            )
        try:
            known("key", [key], keys)
        except UnknownName as error:
            raise ValueError(f"[{name}] {error}") from None
        if not FITS[keys[key]](value):
            raise ValueError(f"[{name}] {key} must be {keys[key]}")
    for header in table.get("headers", {}):
        if SECRETS.search(header) or header.lower() == "cookie":
            raise ValueError(
                f"[{name}] headers {header}: a secret has no place in this file; use headers-env"
            )
    for key in ("proxy", "url", "token-url"):
        if "@" in urlsplit(table.get(key, "")).netloc:
            raise ValueError(f"[{name}] {key} must not carry a user or password")


COMMENTED = """\
# The target file of imodels-conformance. A flag on the command line wins over the environment, the
# environment over this file, this file over the defaults. No secret belongs in here: name the
# environment variable that holds it, or the command that prints it.

[target]
url = "https://api.bentley.com/imodels"              # --target, IMODELS_TARGET
itwins = ["00000000-0000-0000-0000-000000000000"]    # --itwin, IMODELS_ITWIN; the second takes copies
# dedicated = true                                   # --dedicated: nobody else uses the main identity
# not-offered = ["fork-imodel"]                      # operations that this service does not have
# imodels = ["00000000-0000-0000-0000-000000000000"] # what `run --read-only` looks at

# Who the run can be: main, and for more rows second, writer, reader, viewer, manager, outsider.
# Without a table, main takes its token from IMODELS_TOKEN, reader from IMODELS_TOKEN_READER, …
[identities.main]
token-env = "IMODELS_TOKEN"
# role = "00000000-0000-0000-0000-000000000000"      # IMODELS_ROLE: its role in the iTwins
# token-command = ["az", "account", "get-access-token", "--query", "accessToken", "-o", "tsv"]

# [identities.second]                                # a service application: OAuth client credentials
# token-url = "https://ims.bentley.com/connect/token"
# client-id = "service-…"
# client-secret-env = "SECOND_CLIENT_SECRET"         # or client-secret-command = ["…"]
# scope = "itwin-platform"

[run]
# profile = "gate"             # --profile: smoke, gate, full, soak
# rate = 5                     # --rate: requests a second at most
# tier = "standard"            # --tier: of the application; trial has tighter limits, none keeps none
# max-requests = 1500          # --max-requests
# max-imodels = 12             # --max-imodels
# max-time = 30                # --max-time, in minutes
# strict = false               # --strict
# require-complete = false     # --require-complete
# waivers = "waivers.yaml"     # --waivers: known failures that do not count

[network]
# timeout = 30                 # seconds for one answer
# proxy = "http://proxy.example:3128"                # proxy-env where its address holds a password
# ca = "own-ca.pem"            # trusted besides the usual authorities
# client-certificate = "client.pem"                  # shown to the service, not to its storage
# client-key = "client.key"
# headers = { X-Correlation-Id = "conformance" }     # sent to the service, not to its storage
# headers-env = { Ocp-Apim-Subscription-Key = "GATEWAY_KEY" }

[files]
# baseline = "empty.bim"       # a real file, for rows that need a service to open it
"""
