"""Build the long-lived objects of one process from its settings."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from app.actions.deps import Deps, OidcSettings
from app.audit.engine.evaluate import Evaluator
from app.audit.engine.loader import read_rules
from app.config import Settings, read_settings
from app.core.clock import Clock, SimulatedClock, SystemClock
from app.core.text import Bilingual
from app.keys.authority import Authority, load_authority
from app.keys.certificates import pem
from app.keys.folder import KeysUnusable, read_guarded
from app.keys.local_time_stamper import create_time_keys, load_local_time_stamper
from app.keys.ring import KeyRing, create_keys, load_keys
from app.keys.secret_box import SECRETS_KEY, SecretBox, create_secret_box
from app.keys.timestamps import RemoteTimeStamper, TimeStamper, read_time_roots
from app.keys.token import Token, read_person_tokens
from app.office.clause import read_clauses
from app.store.contexts import OfficeCache
from app.store.database import open_store

_T = TypeVar("_T")

TIME_STAMPS = "time-stamps"
"""The folder, in that of the keys, of the local time-stamping authority."""


def build_clock(settings: Settings) -> Clock:
    """Return the clock the settings name."""
    return SimulatedClock(settings.clock_start) if settings.clock_start else SystemClock()


def _once(make: Callable[[], _T]) -> Callable[[], _T]:
    """Return a function that makes something at its first call and keeps it."""
    lock = threading.Lock()
    kept: list[_T] = []

    def load() -> _T:
        with lock:
            if not kept:
                kept.append(make())
            return kept[0]

    return load


def _time_stamper(settings: Settings, clock: Clock) -> TimeStamper:
    """Return the authorities the settings name, in their order; the local one when they name none."""
    if not settings.time_stamp_urls:
        return load_local_time_stamper(settings.keys / TIME_STAMPS, clock)
    assert settings.time_stamp_roots is not None  # checked when the settings were read
    return RemoteTimeStamper(settings.time_stamp_urls, read_time_roots(settings.time_stamp_roots))


def _authority(settings: Settings) -> Authority | None:
    path = settings.root_key
    return load_authority(settings.keys, path) if path.exists() else None


def _oidc(settings: Settings) -> OidcSettings | None:
    if settings.oidc_issuer is None:
        return None
    assert settings.oidc_secret_file is not None  # checked when the settings were read
    secret = read_guarded(settings.oidc_secret_file).decode().strip()
    return OidcSettings(settings.oidc_issuer, settings.oidc_client_id, secret, settings.oidc_name)


def build_deps(settings: Settings, clock: Clock | None = None) -> Deps:
    """Return what every action works with.

    Raises:
        WeakDurability: the database could lose what it acknowledged.
        RuleFileErrors: a rule file cannot be used; every problem is named.
        KeysUnusable: the file of the people's tokens, or of the provider's secret, cannot be used.
    """
    clock = clock or build_clock(settings)
    return Deps(
        clock=clock,
        store=open_store(settings.database_url, settings.files),
        library=read_rules(settings.rules),
        evaluator=Evaluator(),
        office_cache=OfficeCache(),
        load_keyring=_once(lambda: load_keys(settings.keys)),
        load_time_stamper=_once(lambda: _time_stamper(settings, clock)),
        # Read each time: the operator may bring the root's key for an hour and take it away again.
        load_authority=lambda: _authority(settings),
        secret_box=SecretBox(settings.keys / SECRETS_KEY),
        person_tokens=read_person_tokens(settings.person_tokens) if settings.person_tokens else {},
        oidc=_oidc(settings),
        clauses=read_clauses((settings.rules / "_clauses.json").read_text(encoding="utf-8")),
        office_name=Bilingual(settings.office_name_zh, settings.office_name_en),
        public_url=settings.public_url,
        is_demo=settings.is_demo,
        secure_cookies=settings.secure_cookies,
        most_body_bytes=settings.most_body_bytes,
    )


@dataclass(frozen=True, slots=True)
class Installation:
    """Where the parts of this installation lie: what commands need before there is a database or a key."""

    home: Path
    database_url: str
    files: Path
    keys: Path
    rules: Path
    root_key: Path
    office_name: Bilingual
    clock: Clock


def installation() -> Installation:
    """Return what the environment says of this installation."""
    settings = read_settings()
    return Installation(
        home=settings.home,
        database_url=settings.database_url,
        files=settings.files,
        keys=settings.keys,
        rules=settings.rules,
        root_key=settings.root_key,
        office_name=Bilingual(settings.office_name_zh, settings.office_name_en),
        clock=build_clock(settings),
    )


def make_keys(
    folder: Path, office_name: str, clock: Clock, *, slug: str | None = None, token: Token | None = None
) -> KeyRing:
    """Create all keys of an installation in ``folder``, those of the local time stamps included, and return them.

    Certificates are made for years from the real time on, so that they hold in a real year. Where a simulated clock
    is behind, they begin with it, so that what is signed under it was signed in their time.

    Raises:
        KeysExist: there is something in the folder.
        LogNameUnusable, OfficeNameUnusable, KeysUnusable: as :func:`create_keys`.
    """
    now = SystemClock().now()
    ring = create_keys(folder, office_name, now, slug=slug, token=token, begin=min(now, clock.now()))
    make_time_keys(folder, office_name, clock)
    create_secret_box(folder)
    return ring


def make_time_keys(folder: Path, office_name: str, clock: Clock) -> None:
    """Create the keys of the local time stamps in the key folder ``folder``; times as in :func:`make_keys`.

    Raises:
        KeysExist: there are some.
    """
    now = SystemClock().now()
    create_time_keys(folder / TIME_STAMPS, office_name, now, min(now, clock.now()))


def time_root_texts() -> tuple[str, ...]:
    """Return the PEM of every root that time stamps are checked against here; none before there are keys."""
    settings = read_settings()
    try:
        return tuple(pem(root) for root in _time_stamper(settings, build_clock(settings)).roots)
    except KeysUnusable:
        return ()


def build_deps_from_environment() -> Deps:
    """Return the deps of the environment's settings."""
    return build_deps(read_settings())


def new_installation(home: Path, clock: Clock) -> Deps:
    """Create database and keys of a new installation in the empty folder ``home`` and return its deps.

    Only the demo makes an installation in one go; a real one is made step by step, by commands.
    """
    home = home.absolute()
    settings = replace(read_settings({}), home=home, database_url=f"sqlite:///{home / 'henji.db'}")
    home.mkdir(parents=True, exist_ok=True)
    open_store(settings.database_url, settings.files).upgrade()
    make_keys(settings.keys, settings.office_name_zh, clock, slug="demo")
    return build_deps(settings, clock)
