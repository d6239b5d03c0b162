"""A provider people sign in at, as real as a test can have one: a server of its own that signs ID tokens with its key.

It checks what we send it (client, redirect address, PKCE) as a strict provider would, and can be told to misbehave.
"""

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey


class LocalProvider:
    """Listens on this machine; ``now`` gives the seconds its tokens are dated by."""

    def __init__(self, client_id: str, secret: str, now: Any) -> None:
        self.client_id, self.secret, self.now = client_id, secret, now
        self.keys = {
            "RS256": RSAKey.generate_key(2048, {"kid": "r"}),
            "ES256": ECKey.generate_key("P-256", {"kid": "e"}),
        }
        self.subject = "10001-wu"
        self.algorithm = "RS256"
        self.claims: dict[str, Any] = {}
        """Put over those of a good token; None takes one away."""
        self.discovery: dict[str, Any] = {}
        """Put over what is said at the well-known address."""
        self.forge: Any = None
        """Makes the token instead: gets the claims."""
        self.answers: dict[str, Any] = {}
        """Path -> function of the handler, in the stead of the usual answer."""
        self.asked: list[str] = []
        self._codes: dict[str, Mapping[str, str]] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.issuer = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    # --- the person at the provider --------------------------------------------------------------------------------

    def visit(self, address: str) -> dict[str, str]:
        """Open the page the browser was sent to, sign in there, and return what comes back to us."""
        parts = urlsplit(address)
        assert address.startswith(self.issuer + "/authorize?")
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        assert asked["client_id"] == self.client_id
        assert (asked["response_type"], asked["scope"]) == ("code", "openid")
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self._codes[code] = asked
        return {"state": asked["state"], "code": code}

    # --- the endpoints ----------------------------------------------------------------------------------------------

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:  # the name http.server calls
                self._answer(b"")

            def do_POST(self) -> None:  # likewise
                self._answer(self.rfile.read(int(self.headers["Content-Length"])))

            def _answer(self, body: bytes) -> None:
                path = urlsplit(self.path).path
                provider.asked.append(path)
                if path in provider.answers:
                    provider.answers[path](self)
                    return
                endpoints = {
                    "/.well-known/openid-configuration": provider._configuration,
                    "/jwks": lambda: {"keys": [key.as_dict(private=False) for key in provider.keys.values()]},
                    "/token": lambda: provider._token(dict(self.headers), body),
                }
                told = endpoints[path]()
                self.say(200 if told is not None else 400, json.dumps(told or {"error": "invalid_grant"}).encode())

            def say(self, status: int, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        return Handler

    def _configuration(self) -> dict[str, Any]:
        told = {
            "issuer": self.issuer,
            "authorization_endpoint": self.issuer + "/authorize",
            "token_endpoint": self.issuer + "/token",
            "jwks_uri": self.issuer + "/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256", "ES256"],
        }
        return {**told, **self.discovery}

    def _token(self, headers: Mapping[str, str], body: bytes) -> dict[str, Any] | None:
        sent = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        asked = self._codes.pop(sent.get("code", ""), None)
        words = ":".join(quote(word, safe="") for word in (self.client_id, self.secret))  # RFC 6749, 2.3.1
        basic = "Basic " + base64.b64encode(words.encode()).decode()
        mine = headers.get("Authorization") == basic or (
            sent.get("client_id") == self.client_id and sent.get("client_secret") == self.secret
        )
        verifier = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(verifier).rstrip(b"=")
        if asked is None or not mine or sent.get("grant_type") != "authorization_code":
            return None
        if challenge.decode() != asked["code_challenge"] or sent.get("redirect_uri") != asked["redirect_uri"]:
            return None
        token = (self.forge or self._signed)(self._good_claims(asked["nonce"]))
        return {"access_token": "a", "token_type": "Bearer", "id_token": token}

    def _good_claims(self, nonce: str) -> dict[str, Any]:
        now = int(self.now())
        good = {
            "iss": self.issuer,
            "sub": self.subject,
            "aud": self.client_id,
            "iat": now,
            "exp": now + 300,
            "nonce": nonce,
        }
        return {name: value for name, value in {**good, **self.claims}.items() if value is not None}

    def _signed(self, claims: Mapping[str, Any]) -> str:
        key = self.keys[self.algorithm]
        return jwt.encode({"alg": self.algorithm, "kid": key.kid}, dict(claims), key)

    # --- forgeries ----------------------------------------------------------------------------------------------------

    def by_another_key(self, claims: Mapping[str, Any]) -> str:
        return jwt.encode({"alg": "RS256", "kid": "r"}, dict(claims), RSAKey.generate_key(2048, {"kid": "r"}))

    def under_our_secret(self, claims: Mapping[str, Any]) -> str:
        return _hs256(claims, self.secret.encode())

    def under_the_public_key(self, claims: Mapping[str, Any]) -> str:
        """HS256 with the PEM of the RSA key as secret: the classical confusion."""
        return _hs256(claims, self.keys["RS256"].as_pem(private=False))

    @staticmethod
    def unsigned(claims: Mapping[str, Any]) -> str:
        """Algorithm none."""
        return f"{_part({'alg': 'none'})}.{_part(claims)}."

    def with_a_changed_subject(self, claims: Mapping[str, Any]) -> str:
        """Somebody between changes the subject and keeps the signature."""
        header, _, signature = self._signed(claims).split(".")
        return f"{header}.{_part({**claims, 'sub': 'somebody-else'})}.{signature}"


def _hs256(claims: Mapping[str, Any], secret: bytes) -> str:
    """By hand: the library makes no such thing."""
    told = f"{_part({'alg': 'HS256', 'kid': 'r'})}.{_part(claims)}"
    made = hmac.new(secret, told.encode(), hashlib.sha256).digest()
    return told + "." + base64.urlsafe_b64encode(made).rstrip(b"=").decode()


def _part(body: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(body).encode()).rstrip(b"=").decode()


def redirect(handler: Any, where: str) -> None:
    """Answer with a redirection."""
    handler.send_response(302)
    handler.send_header("Location", where)
    handler.send_header("Content-Length", "0")
    handler.end_headers()


def drip(handler: Any) -> None:
    """Answer one byte now and then, for ever."""
    handler.send_response(200)
    handler.end_headers()
    try:
        for _ in range(100):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.1)
    except OSError:
        handler.close_connection = True


def flood(handler: Any) -> None:
    """Answer more than anybody wants."""
    handler.send_response(200)
    handler.end_headers()
    try:
        for _ in range(64):
            handler.wfile.write(b" " * 65536)
    except OSError:
        pass
    handler.close_connection = True
