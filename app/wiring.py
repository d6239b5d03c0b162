"""Build the long-lived objects of one process from its settings."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from app.actions.deps import Deps
from app.audit.engine.evaluate import Evaluator
from app.audit.engine.loader import read_rules
from app.config import Settings, read_settings
from app.core.clock import Clock, SimulatedClock, SystemClock
from app.core.text import Bilingual
from app.keys.ring import KeyRing, create_keys, load_keys
from app.office.clause import read_clauses
from app.store.contexts import OfficeCache
from app.store.database import open_store


def build_clock(settings: Settings) -> Clock:
    """Return the clock the settings name."""
    return SimulatedClock(settings.clock_start) if settings.clock_start else SystemClock()


def _loaded_once(settings: Settings) -> Callable[[], KeyRing]:
    """Return a function that loads the keys at its first call and keeps them."""
    lock = threading.Lock()
    kept: list[KeyRing] = []

    def load() -> KeyRing:
        with lock:
            if not kept:
                kept.append(load_keys(settings.keys))
            return kept[0]

    return load


def build_deps(settings: Settings, clock: Clock | None = None) -> Deps:
    """Return what every action works with.

    Raises:
        WeakDurability: the database could lose what it acknowledged.
        RuleFileErrors: a rule file cannot be used; every problem is named.
    """
    return Deps(
        clock=clock or build_clock(settings),
        store=open_store(settings.database_url, settings.files),
        library=read_rules(settings.rules),
        evaluator=Evaluator(),
        office_cache=OfficeCache(),
        load_keyring=_loaded_once(settings),
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
        office_name=Bilingual(settings.office_name_zh, settings.office_name_en),
        clock=build_clock(settings),
    )


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
    create_keys(settings.keys, settings.office_name_zh, SystemClock().now(), slug="demo")
    return build_deps(settings, clock)
