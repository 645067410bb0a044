"""Signing in: what each grant hands out, what it opens, and every refusal."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import KeySet

from conformance.mock.service import Service
from conformance.mock.settings import Settings
from conformance.mock.signin.bearer import bearer
from conformance.mock.signin.clients import CLIENTS, Client
from conformance.mock.signin.keys import Keys, keys_of
from conformance.mock.tokens import ITWIN, USERS

BACK = "http://localhost:3000/signin-callback"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
APP = {"client_id": "mock-app", "redirect_uri": BACK}
ASKED = {
    **APP,
    "response_type": "code",
    "scope": "openid itwin-platform offline_access",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
    "state": "s&1",
    "nonce": "n-1",
}


def secret(name: str) -> dict[str, str]:
    return {"client_id": f"mock-{name}", "client_secret": f"mock-secret-{name}"}


def token(admin: Any, **form: str) -> httpx.Response:
    return httpx.post(f"{admin.server.origin}/connect/token", data=form)


def itself(admin: Any, name: str = "admin", **form: str) -> httpx.Response:
    return token(admin, grant_type="client_credentials", **{**secret(name), **form})


def authorized(admin: Any, **changed: str) -> dict[str, str]:
    """The query that the browser comes back with."""
    answer = httpx.get(f"{admin.server.origin}/connect/authorize", params={**ASKED, **changed})
    assert answer.status_code == 302, answer.text
    parts = urlsplit(answer.headers["location"])
    assert answer.headers["location"].startswith(BACK)
    return {name: values[0] for name, values in parse_qs(parts.query).items()}


def signed_in(admin: Any, **changed: str) -> httpx.Response:
    code = authorized(admin, **changed)["code"]
    return token(admin, grant_type="authorization_code", code=code, code_verifier=VERIFIER, **APP)


def reading(admin: Any, access: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {access}"}
    return httpx.get(admin.server.url, params={"iTwinId": ITWIN}, headers=headers)


def writing(admin: Any, access: str, name: str = "Bridge") -> httpx.Response:
    headers = {"Authorization": f"Bearer {access}"}
    return httpx.post(admin.server.url, json={"iTwinId": ITWIN, "name": name}, headers=headers)


def refusal(answer: httpx.Response) -> tuple[int, str]:
    error = answer.json()["error"]
    return answer.status_code, error if isinstance(error, str) else error["code"]


@pytest.mark.parametrize("name", ["admin", "second", "writer", "reader", "viewer", "manager", "outsider"])
def test_an_application_signs_in_as_itself(admin: Any, name: str) -> None:
    answer = itself(admin, name)
    body = answer.json()
    assert (answer.status_code, body["expires_in"], body["token_type"]) == (200, 3600, "Bearer")
    assert answer.headers["cache-control"] == "no-store"
    assert body.keys() == {"access_token", "expires_in", "token_type", "scope"}
    user = bearer(admin.server.service, body["access_token"])
    assert user is not None
    assert (user.id, user.application) == (USERS[name].id, USERS[name].application)
    assert reading(admin, body["access_token"]).status_code == (404 if name == "outsider" else 200)


def test_the_secret_may_come_in_the_header(admin: Any) -> None:
    where = f"{admin.server.origin}/connect/token"
    form = {"grant_type": "client_credentials"}
    assert httpx.post(where, data=form, auth=("mock-admin", "mock-secret-admin")).status_code == 200
    wrong = httpx.post(where, data=form, auth=("mock-admin", "no"))
    assert refusal(wrong) == (401, "invalid_client")
    assert wrong.headers["www-authenticate"].startswith("Basic")
    odd = httpx.post(where, data=form, headers={"Authorization": "Basic %%%"})
    assert refusal(odd) == (401, "invalid_client")


def test_a_person_signs_in_with_a_code(admin: Any) -> None:
    back = authorized(admin, login_hint="second")
    assert (back["state"], back["iss"]) == ("s&1", admin.server.origin)
    body = signed_in(admin, login_hint="second").json()
    made = writing(admin, body["access_token"]).json()["iModel"]
    assert made["_links"]["creator"]["href"].endswith(USERS["second"].id)
    keys = KeySet.import_key_set(httpx.get(discovered(admin)["jwks_uri"]).json())
    claims = jwt.decode(body["id_token"], keys, algorithms=["ES256"]).claims
    assert (claims["sub"], claims["aud"], claims["nonce"]) == (USERS["second"].id, "mock-app", "n-1")
    assert claims["iss"] == discovered(admin)["issuer"] == admin.server.origin


def test_the_application_is_the_one_that_signed_in(admin: Any) -> None:
    access = signed_in(admin).json()["access_token"]
    path = f"/{admin.make()['id']}"
    made = httpx.post(
        f"{admin.server.url}{path}/namedversions",
        json={"name": "v"},
        headers={"Authorization": f"Bearer {access}"},
    )
    assert made.json()["namedVersion"]["application"] == {"id": "mock-app", "name": "Mock App"}


def test_a_token_can_be_refreshed(admin: Any) -> None:
    refresh = signed_in(admin).json()["refresh_token"]
    admin.wait(7200)
    form = {"grant_type": "refresh_token", "refresh_token": refresh, "client_id": "mock-app"}
    body = token(admin, **form).json()
    assert reading(admin, body["access_token"]).status_code == 200
    narrow = token(admin, **form, scope="itwin-platform").json()
    assert narrow["scope"] == "itwin-platform"
    assert refusal(token(admin, **form, scope="imodels:read")) == (400, "invalid_scope")
    assert refusal(token(admin, **{**form, **secret("admin")})) == (400, "invalid_grant")
    admin.wait(31 * 24 * 3600)
    assert refusal(token(admin, **form)) == (400, "invalid_grant")


def test_no_refresh_without_being_asked_for(admin: Any) -> None:
    body = signed_in(admin, scope="itwin-platform").json()
    assert body.keys() == {"access_token", "expires_in", "token_type", "scope"}


def test_a_code_is_good_once_soon_and_for_whom_it_was_made(admin: Any) -> None:
    code = authorized(admin)["code"]
    form = {"grant_type": "authorization_code", "code": code, "code_verifier": VERIFIER, **APP}
    bad = (400, "invalid_grant")
    assert refusal(token(admin, **{**form, "code_verifier": "w" * 43})) == bad
    assert refusal(token(admin, **{**form, "code_verifier": ""})) == bad
    assert refusal(token(admin, **{**form, "redirect_uri": "http://localhost:3000/"})) == bad
    assert refusal(token(admin, **{**form, **secret("admin")})) == bad
    assert refusal(token(admin, **{**form, "code": code[:-2]})) == bad
    assert token(admin, **form).status_code == 200
    assert refusal(token(admin, **form)) == bad
    late = authorized(admin)["code"]
    admin.wait(61)
    assert refusal(token(admin, **{**form, "code": late})) == bad


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge": ""}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"scope": "imodels:read everything"}, "invalid_scope"),
        ({"login_hint": "nobody"}, "access_denied"),
        ({"login_hint": "stranger"}, "access_denied"),
    ],
)
def test_a_refused_sign_in_says_why(admin: Any, changed: dict[str, str], error: str) -> None:
    back = authorized(admin, **changed)
    assert (back["error"], back["state"]) == (error, "s&1")
    assert "code" not in back


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"client_id": "nobody"}, (401, "invalid_client")),
        ({"redirect_uri": "https://evil.example/"}, (400, "invalid_request")),
        ({"redirect_uri": "http://localhost.evil.example/"}, (400, "invalid_request")),
        ({"redirect_uri": "http://localhost@evil.example/"}, (400, "invalid_request")),
        ({"redirect_uri": "javascript:alert(1)"}, (400, "invalid_request")),
        ({"redirect_uri": "http://localhost/#here"}, (400, "invalid_request")),
        ({"redirect_uri": "http://localhost/\r\nSet-Cookie: a=b"}, (400, "invalid_request")),
        ({"redirect_uri": "http://[::1"}, (400, "invalid_request")),
        ({"redirect_uri": ""}, (400, "invalid_request")),
    ],
)
def test_nobody_is_sent_to_an_address_that_is_not_good(
    admin: Any, changed: dict[str, str], expected: tuple[int, str]
) -> None:
    answer = httpx.get(f"{admin.server.origin}/connect/authorize", params={**ASKED, **changed})
    assert refusal(answer) == expected
    assert "location" not in answer.headers


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ({"client_id": "mock-app"}, (400, "unsupported_grant_type")),
        ({"grant_type": "password"}, (400, "unsupported_grant_type")),
        ({"grant_type": "client_credentials"}, (401, "invalid_client")),
        ({"grant_type": "client_credentials", "client_id": "mock-app"}, (400, "unauthorized_client")),
        ({"grant_type": "client_credentials", "client_id": "mock-admin"}, (401, "invalid_client")),
        ({"grant_type": "client_credentials", **secret("admin"), "scope": "openid"}, (400, "invalid_scope")),
        ({"grant_type": "refresh_token", "client_id": "mock-app"}, (400, "invalid_grant")),
    ],
)
def test_a_form_that_is_not_good_is_refused(
    admin: Any, form: dict[str, str], expected: tuple[int, str]
) -> None:
    assert refusal(token(admin, **form)) == expected


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b'{"grant_type": "client_credentials"}', "application/json"),
        (b"grant_type=a&grant_type=b", "application/x-www-form-urlencoded"),
        (b"grant_type=\xff", "application/x-www-form-urlencoded"),
        (b"grant_type=%ff", "application/x-www-form-urlencoded"),
        (b"a=b&" * 60, "application/x-www-form-urlencoded"),
        pytest.param(b"a" * 6_300_000, "application/x-www-form-urlencoded", id="too-large"),
    ],
)
def test_what_is_no_form_is_refused(admin: Any, content: bytes, kind: str) -> None:
    where = f"{admin.server.origin}/connect/token"
    answer = httpx.post(where, content=content, headers={"Content-Type": kind})
    assert refusal(answer) == (400, "invalid_request")


def discovered(admin: Any) -> dict[str, Any]:
    document: dict[str, Any] = httpx.get(f"{admin.server.origin}/.well-known/openid-configuration").json()
    return document


def test_everything_can_be_discovered(admin: Any) -> None:
    document = discovered(admin)
    for name in ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"):
        assert document[name].startswith(admin.server.origin)
        assert httpx.get(document[name]).status_code != 404
    keys = httpx.get(document["jwks_uri"]).json()["keys"]
    assert keys
    assert all("d" not in key and key["alg"] == "ES256" for key in keys)
    headers = {"Authorization": f"Bearer {signed_in(admin).json()['access_token']}"}
    person = httpx.get(document["userinfo_endpoint"], headers=headers).json()
    assert (person["sub"], person["email"]) == (USERS["admin"].id, USERS["admin"].email)
    assert httpx.get(document["userinfo_endpoint"]).status_code == 401
    assert httpx.delete(document["token_endpoint"]).status_code == 405


def test_every_401_has_its_own_code(admin: Any) -> None:
    def code(header: str | None) -> tuple[int, str]:
        headers = {} if header is None else {"Authorization": header}
        return refusal(httpx.get(admin.server.url, params={"iTwinId": ITWIN}, headers=headers))

    small = itself(admin, "small-tier").json()["access_token"]
    person = signed_in(admin).json()
    assert code(None) == (401, "HeaderNotFound")
    assert code("") == (401, "InvalidHeaderValue")
    assert code("Bearer") == (401, "InvalidHeaderValue")
    assert code("Digest abc") == (401, "InvalidAuthorizationScheme")
    assert code("Bearer garbage") == (401, "Unauthorized")
    assert code("Bearer a.b.c") == (401, "Unauthorized")
    assert code(f"Bearer {small}") == (401, "InvalidApplicationTier")
    # Tokens of ours that are for something else.
    assert code(f"Bearer {person['id_token']}") == (401, "Unauthorized")
    assert code(f"Bearer {person['refresh_token']}") == (401, "Unauthorized")


def test_the_older_scopes_open_reads_and_writes_apart(admin: Any) -> None:
    reads = itself(admin, scope="imodels:read").json()["access_token"]
    writes = itself(admin, scope="imodels:modify").json()["access_token"]
    neither = signed_in(admin, scope="openid").json()["access_token"]
    missing = (401, "RequiredScopeMissing")
    assert reading(admin, reads).status_code == 200
    assert refusal(writing(admin, reads)) == missing
    assert writing(admin, writes).status_code == 201
    assert refusal(reading(admin, writes)) == missing
    assert refusal(reading(admin, neither)) == missing


def test_a_token_is_good_from_its_start_to_its_end(admin: Any) -> None:
    access = itself(admin).json()["access_token"]
    admin.wait(3590)
    assert reading(admin, access).status_code == 200
    admin.wait(11)
    assert refusal(reading(admin, access)) == (401, "Unauthorized")
    later = itself(admin).json()["access_token"]
    admin.wait(-100)
    assert refusal(reading(admin, later)) == (401, "Unauthorized")


def test_tokens_outlive_a_restart_but_not_another_seed() -> None:
    service = Service(Settings(seed=7))
    now = int(service.store.clock.now().timestamp())
    claims = {"sub": USERS["admin"].id, "aud": "imodels", "client_id": "mock-admin", "nbf": now}
    access = keys_of(7).sign({**claims, "exp": now + 60})
    keys_of.cache_clear()
    assert bearer(Service(Settings(seed=7)), access) is not None
    assert bearer(Service(Settings(seed=8)), access) is None
    unregistered = Settings(seed=7, clients=(Client("other", "Other"),))
    assert bearer(Service(unregistered), access) is None


@pytest.mark.parametrize(
    "changed",
    [{"aud": "another"}, {"aud": None}, {"exp": None}, {"nbf": None}, {"sub": "nobody"}, {"client_id": 5}],
)
def test_a_token_for_something_else_is_nobodys(changed: dict[str, Any]) -> None:
    service = Service()
    now = int(service.store.clock.now().timestamp())
    claims = {"sub": USERS["admin"].id, "aud": "imodels", "client_id": "mock-admin", "nbf": now}
    whole = {**claims, "exp": now + 60, **changed}
    given = {name: value for name, value in whole.items() if value is not None}
    assert bearer(service, keys_of(1).sign({**claims, "exp": now + 60})) is not None
    assert bearer(service, keys_of(1).sign(given)) is None


SERVICE = Service()


@examples(max_examples=300, deadline=None)
@given(data=st.data())
def test_whatever_is_changed_in_a_token_is_refused(data: st.DataObject) -> None:
    now = int(SERVICE.store.clock.now().timestamp())
    claims = {"sub": USERS["admin"].id, "aud": "imodels", "client_id": "mock-admin", "nbf": now}
    access = keys_of(1).sign({**claims, "exp": now + 60})
    place = data.draw(st.integers(0, len(access) - 1))
    letter = data.draw(st.sampled_from("ABCXYZabcxyz0189-_=.!+/ "))
    insert = data.draw(st.booleans())
    changed = access[:place] + letter + access[place + (not insert) :]
    assert (bearer(SERVICE, changed) is None) == (changed != access)
    assert bearer(SERVICE, access[:place] + access[place + 1 :]) is None


LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def test_every_part_of_a_token_has_one_spelling() -> None:
    now = int(SERVICE.store.clock.now().timestamp())
    claims = {"sub": USERS["admin"].id, "aud": "imodels", "client_id": "mock-admin", "nbf": now}
    access = keys_of(1).sign({**claims, "exp": now + 60})
    assert [letter for letter in LETTERS if bearer(SERVICE, access[:-1] + letter)] == [access[-1]]
    assert bearer(SERVICE, access + "=") is None
    assert bearer(SERVICE, access + "\n") is None


def test_no_other_algorithm_is_taken() -> None:
    def part(value: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    now = int(SERVICE.store.clock.now().timestamp())
    claims = {
        "sub": USERS["admin"].id,
        "aud": "imodels",
        "client_id": "mock-admin",
        "nbf": now,
        "exp": now + 9,
    }
    assert bearer(SERVICE, f"{part({'alg': 'none'})}.{part(claims)}.") is None
    assert bearer(SERVICE, Keys("another secret").sign(claims)) is None


def test_each_identity_has_an_application() -> None:
    assert {client.acts_as for client in CLIENTS if client.has_tier} == {
        *(name for name in USERS if name != "stranger"),
        "",
    }


def test_a_page_may_sign_in(admin: Any) -> None:
    where = f"{admin.server.origin}/connect/token"
    asking = {"Origin": "http://localhost:3000", "Access-Control-Request-Method": "POST"}
    assert httpx.options(where, headers=asking).headers["access-control-allow-origin"] == "*"
    answer = httpx.post(where, data={}, headers={"Origin": "http://localhost:3000"})
    assert answer.headers["access-control-allow-origin"] == "*"
