"""The key a mock signs with, and the tokens under it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet

ALGORITHM = "ES256"
ACCESS = "imodels"
CODE = "sign-in code"
REFRESH = "sign-in refresh"
ESSENTIAL = jwt.ClaimsOption(essential=True)


class BadToken(Exception):
    """A token that is not ours, not for this use, or not valid now."""


class Keys:
    """One signing key; the same secret gives the same key, so tokens outlive a restart."""

    def __init__(self, secret: str) -> None:
        self._key = ECKey.derive_key(secret, parameters={"use": "sig", "alg": ALGORITHM}, auto_kid=True)
        self._claims = lru_cache(maxsize=1024)(self._signed)

    def sign(self, claims: dict[str, Any]) -> str:
        """A token with these claims."""
        return jwt.encode({"alg": ALGORITHM, "kid": str(self._key.kid)}, claims, self._key)

    def read(self, token: str, audience: str, now: int) -> dict[str, Any]:
        """The claims of a token that was signed here for this use and is valid now; raises BadToken."""
        rules = jwt.JWTClaimsRegistry(
            now,
            aud={"essential": True, "value": audience},
            exp=ESSENTIAL,
            nbf=ESSENTIAL,
            sub=ESSENTIAL,
            client_id=ESSENTIAL,
        )
        try:
            claims = self._claims(token)
            rules.validate(claims)
        except (JoseError, ValueError) as error:
            raise BadToken(str(error)) from error
        return claims

    def public(self) -> dict[str, Any]:
        """The set of public keys, for those who want to look at a signature themselves."""
        return dict(KeySet([self._key]).as_dict(private=False))

    def _signed(self, token: str) -> dict[str, Any]:
        return dict(jwt.decode(token, self._key, algorithms=[ALGORITHM]).claims)


@lru_cache(maxsize=16)
def keys_of(seed: int) -> Keys:
    """The keys of a mock with this seed."""
    return Keys(f"imodels mock {seed}")
