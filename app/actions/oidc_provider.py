"""What is said between us and the provider people sign in at elsewhere: authorization code with PKCE, ID token.

Source: OpenID Connect Core 1.0, 3.1; RFC 7636; RFC 9700.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from authlib.oidc.discovery import get_well_known_url
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from app.actions.bounded_fetch import OutsideUnavailable, fetch, is_guarded
from app.actions.deps import OidcSettings
from app.core.text import Bilingual

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Signed with a key that is the provider's alone: neither ``none`` nor anything under our own secret."""
LEEWAY_SECONDS = 60
"""Two clocks may differ by so much."""


class TokenRefused(Exception):
    """The ID token does not hold; the text says why, for the log."""


@dataclass(frozen=True, slots=True)
class Provider:
    """Where the provider listens, as it says itself."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    auth_method: str
    """How we show our secret."""


def discover(settings: OidcSettings) -> Provider:
    """Return what the provider says of itself.

    Raises:
        OutsideUnavailable: it does not answer, or says something else than OpenID Connect Discovery wants.
    """
    told = _json(fetch("GET", get_well_known_url(settings.issuer, external=True), settings.seconds), settings)
    endpoints = {name: str(told.get(name)) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")}
    # Another issuer may not speak for this one. Source: OpenID Connect Discovery 1.0, 4.3.
    if told.get("issuer") != settings.issuer or not all(is_guarded(url) for url in endpoints.values()):
        raise _useless(settings)
    methods = told.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    basic = not isinstance(methods, list) or "client_secret_basic" in methods
    return Provider(**endpoints, auth_method="client_secret_basic" if basic else "client_secret_post")


def authorization_address(
    settings: OidcSettings, provider: Provider, redirect_uri: str, state: str, nonce: str, verifier: str
) -> str:
    """Return where the browser is sent to sign in."""
    address: str = prepare_grant_uri(
        provider.authorization_endpoint,
        client_id=settings.client_id,
        response_type="code",
        redirect_uri=redirect_uri,
        scope="openid",
        state=state,
        nonce=nonce,
        code_challenge=create_s256_code_challenge(verifier),
        code_challenge_method="S256",
    )
    return address


def subject_of(
    settings: OidcSettings, provider: Provider, code: str, redirect_uri: str, nonce: str, verifier: str, at: datetime
) -> str:
    """Return the subject whose ID token the provider gives for ``code``.

    Raises:
        TokenRefused: there is none, or it does not hold.
        OutsideUnavailable: the provider does not answer.
    """
    body = prepare_token_request("authorization_code", "", code=code, redirect_uri=redirect_uri, code_verifier=verifier)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    # Form-encoded before they are put together. Source: RFC 6749, 2.3.1.
    basic = provider.auth_method == "client_secret_basic"
    names = [quote(each, safe="") if basic else each for each in (settings.client_id, settings.secret)]
    auth = ClientAuth(*names, auth_method=provider.auth_method)
    url, headers, body = auth.prepare("POST", provider.token_endpoint, headers, body)
    answer = _json(fetch("POST", url, settings.seconds, body.encode(), headers), settings)
    token = answer.get("id_token")
    if not isinstance(token, str):
        raise TokenRefused("no id_token")
    keys = _json(fetch("GET", provider.jwks_uri, settings.seconds), settings)
    return _checked(settings, token, keys, nonce, at, answer.get("access_token"))


def _checked(
    settings: OidcSettings, token: str, keys: dict[str, Any], nonce: str, at: datetime, access_token: object
) -> str:
    try:
        read = jwt.decode(token, KeySet.import_key_set(keys), algorithms=list(ALGORITHMS))  # type: ignore[arg-type]  # checked there
        claims = CodeIDToken(
            read.claims,
            read.header,
            {
                "iss": {"essential": True, "value": settings.issuer},
                "aud": {"essential": True, "value": settings.client_id},
                "nonce": {"essential": True, "value": nonce},
                "sub": {"essential": True},
            },
            {"nonce": nonce, "client_id": settings.client_id, "access_token": access_token},
        )
        claims.validate(now=int(at.timestamp()), leeway=LEEWAY_SECONDS)
        subject = claims["sub"]
    except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise TokenRefused(type(error).__name__) from error
    if not isinstance(subject, str) or not 0 < len(subject) <= 255:  # noqa: PLR2004  # OpenID Connect Core, 2
        raise TokenRefused("subject")
    return subject


def _json(answer: bytes, settings: OidcSettings) -> dict[str, Any]:
    try:
        told = json.loads(answer)
    except ValueError as error:
        raise _useless(settings) from error
    if not isinstance(told, dict):
        raise _useless(settings)
    return told


def _useless(settings: OidcSettings) -> OutsideUnavailable:
    return OutsideUnavailable(
        Bilingual(
            f"外部登录服务 {settings.name} 的应答不符合 OpenID Connect。请检查 HENJI_OIDC_ISSUER。",
            f"{settings.name} does not answer as OpenID Connect wants. Check HENJI_OIDC_ISSUER.",
        )
    )
