"""Sign in elsewhere (OpenID Connect). Only a subject an administrator has linked to an account comes in."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.actions.deps import Deps, OidcSettings
from app.actions.noting import note
from app.actions.oidc_provider import TokenRefused, authorization_address, discover, subject_of
from app.actions.own_case import refuse_own_account
from app.actions.sign_in import SessionStart, begin_session, digest_of_token
from app.core.actor import Actor, ActorKind
from app.core.errors import Conflict, Fault, Forbidden, Invalid, NotFound
from app.core.text import Bilingual
from app.office.permission import Permission
from app.office.visible_text import says_something
from app.store.people_values import Identity, OidcAttempt

WITHIN = timedelta(minutes=10)
"""So long somebody may take at the provider."""
_LONGEST = 255

_UNKNOWN = Actor(ActorKind.PERSON, "unknown", "unknown")


class ElsewhereRefused(Forbidden):
    """The sign-in elsewhere opens nothing here. 403."""

    code = "oidc.no_entry"
    title = Bilingual("外部登录未通过", "The sign-in elsewhere opens nothing here")


class IdentityKnown(Conflict):
    """The subject is linked to an account already. 409."""

    code = "identity.known"
    title = Bilingual("该外部身份已关联账号", "The identity is linked to an account already")


@dataclass(frozen=True, slots=True)
class OidcStart:
    """A sign-in elsewhere about to begin."""

    address: str
    """Where the browser goes."""
    ticket: str
    """Into a cookie: only the browser that went may come back."""


@dataclass(frozen=True, slots=True)
class OidcEnd:
    """A sign-in elsewhere that came back."""

    start: SessionStart
    wanted: str
    """The page to show."""


def begin_oidc(deps: Deps, wanted: str, redirect_uri: str) -> OidcStart:
    """Return where to send the browser, and what it must bring back.

    Args:
        deps: the process.
        wanted: the page to show afterwards.
        redirect_uri: our address the provider sends the browser back to, as registered there.

    Raises:
        NotFound: nobody signs in elsewhere here.
        OutsideUnavailable: the provider does not answer.
    """
    settings = _settings(deps)
    at = deps.clock.now()
    provider = discover(settings)
    state, nonce, verifier, ticket = (secrets.token_urlsafe(32) for _ in range(4))
    attempt = OidcAttempt(digest_of_token(state), digest_of_token(ticket), nonce, verifier, wanted, at)
    with deps.store.write() as uow:
        uow.identities.drop_begun(at - WITHIN)
        uow.identities.begin(attempt)
    return OidcStart(authorization_address(settings, provider, redirect_uri, state, nonce, verifier), ticket)


def finish_oidc(
    deps: Deps, ticket: str | None, state: str, code: str, error: str | None, redirect_uri: str, origin: str
) -> OidcEnd:
    """Return the session of the account the person's identity elsewhere is linked to; half when a code is due.

    Args:
        deps: the process.
        ticket: from the cookie.
        state: as the provider gave it to the browser.
        code: likewise; empty when there is an error.
        error: likewise; None when there is none.
        redirect_uri: as at the beginning.
        origin: where the browser is.

    Raises:
        ElsewhereRefused: whatever is wrong; the reason is on record.
        OutsideUnavailable: the provider does not answer; the sign-in must begin anew.
    """
    settings = _settings(deps)
    at = deps.clock.now()
    with deps.store.write() as uow:
        # Taken whatever happens next: nobody comes back twice.
        attempt = uow.identities.take(digest_of_token(state))
    if attempt is None or not _same_browser(attempt, ticket) or at - attempt.begun_at > WITHIN:
        raise _refuse(deps, settings, "state", None, origin, at)
    if error is not None or not code:
        raise _refuse(deps, settings, "provider", None, origin, at)
    try:
        provider = discover(settings)
        subject = subject_of(settings, provider, code, redirect_uri, attempt.nonce, attempt.verifier, at)
    except TokenRefused as wrong:
        raise _refuse(deps, settings, f"token: {wrong}", None, origin, at) from wrong
    with deps.store.write() as uow:
        link = uow.identities.find(settings.issuer, subject)
        account = uow.accounts.by_id(link.account_id) if link else None
        if account is not None and account.disabled_at is None:
            return OidcEnd(begin_session(deps, uow, account, origin, at, elsewhere=True), attempt.wanted)
    raise _refuse(deps, settings, "account", subject, origin, at)


def _same_browser(attempt: OidcAttempt, ticket: str | None) -> bool:
    return ticket is not None and hmac.compare_digest(digest_of_token(ticket), attempt.ticket_digest)


def _refuse(
    deps: Deps, settings: OidcSettings, reason: str, subject: str | None, origin: str, at: datetime
) -> ElsewhereRefused:
    body = {"issuer": settings.issuer, "reason": reason, "subject": subject, "origin": origin}
    with deps.store.write() as uow:
        note(uow, _UNKNOWN, "identity.refused", ("identity", subject or "unknown"), at, body)
    if subject is None:
        return ElsewhereRefused(
            Bilingual("外部登录未通过，请重新开始。", "The sign-in elsewhere did not succeed; begin again.")
        )
    return ElsewhereRefused(
        Bilingual(
            f"您的外部身份（{subject}）没有可用的账号。请把它告诉管理员以便关联。",
            f"Your identity elsewhere ({subject}) has no account here. Tell it to the administrator to have it linked.",
        )
    )


def link_identity(deps: Deps, actor: Actor, account_id: str, issuer: str, subject: str) -> None:
    """Let a subject of a provider enter somebody else's account.

    Raises:
        NotFound: there is no such account.
        OwnCase: it is the actor's, or another one of the same person.
        Invalid: issuer or subject is empty or too long.
        IdentityKnown: the subject is linked already.
    """
    actor.require(Permission.MANAGE_ACCOUNTS)
    faults = [
        Fault(name, "identity.text_unusable", Bilingual("应为 1 到 255 个字符。", "It has 1 to 255 characters."))
        for name, text in (("issuer", issuer), ("subject", subject))
        if not says_something(text) or len(text) > _LONGEST
    ]
    if faults:
        raise Invalid(faults[0].message, faults)
    at = deps.clock.now()
    with deps.store.write() as uow:
        refuse_own_account(uow, actor, account_id)
        if uow.identities.find(issuer, subject) is not None:
            raise IdentityKnown
        uow.identities.add(Identity(issuer, subject, account_id, at, actor.actor_id))
        body = {"issuer": issuer, "subject": subject}
        note(uow, actor, "identity.linked", ("account", account_id), at, body)


def unlink_identity(deps: Deps, actor: Actor, issuer: str, subject: str) -> None:
    """Let a subject enter no longer; the sessions of the account end.

    Raises:
        NotFound: it is linked to no account.
        OwnCase: the account is the actor's, or another one of the same person.
    """
    actor.require(Permission.MANAGE_ACCOUNTS)
    at = deps.clock.now()
    with deps.store.write() as uow:
        link = uow.identities.find(issuer, subject)
        if link is None:
            raise NotFound(Bilingual("没有这个外部身份。", "There is no such identity."))
        refuse_own_account(uow, actor, link.account_id)
        uow.identities.remove(issuer, subject)
        uow.sessions.end_all(link.account_id, at)
        body = {"issuer": issuer, "subject": subject}
        note(uow, actor, "identity.unlinked", ("account", link.account_id), at, body)


def _settings(deps: Deps) -> OidcSettings:
    if deps.oidc is None:
        raise NotFound(Bilingual("本单位未启用外部登录。", "Nobody signs in elsewhere here."))
    return deps.oidc
