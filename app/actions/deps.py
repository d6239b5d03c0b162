"""The long-lived objects every action works with. Built once, by wiring."""

import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from app.audit.engine.evaluate import Evaluator
from app.audit.engine.rulebook import RuleLibrary
from app.core.clock import Clock
from app.core.text import Bilingual
from app.keys.authority import Authority
from app.keys.ring import KeyRing
from app.keys.secret_box import SecretBox
from app.keys.timestamps import TimeStamper
from app.keys.token import Token
from app.office.clause import Clause
from app.store.database import Store
from app.store.office_cache import OfficeCache


@dataclass(frozen=True, slots=True)
class OidcSettings:
    """Where people may sign in elsewhere."""

    issuer: str
    """Exactly as the provider writes it in its tokens."""
    client_id: str
    secret: str
    name: str
    """On the button."""
    seconds: float = 5.0
    """Patience with each answer."""


@dataclass(frozen=True)
class Deps:
    """One process of one installation."""

    clock: Clock
    store: Store
    library: RuleLibrary
    evaluator: Evaluator
    office_cache: OfficeCache
    load_keyring: Callable[[], KeyRing]
    """Loads the keys at first use and keeps them; raises an AppError that says what to do when there are none."""
    load_time_stamper: Callable[[], TimeStamper]
    """Who gives time stamps to the signatures of people: authorities outside, or the local one, which says so."""
    load_authority: Callable[[], Authority | None]
    """The root with its key, for certificates and revocation lists; None when that key is kept elsewhere."""
    secret_box: SecretBox
    """Seals what the service must be able to read again: the secrets of second factors."""
    person_tokens: Mapping[str, Token]
    """The own PKCS#11 tokens of people, by person; everybody else's key is wrapped by a PIN."""
    oidc: OidcSettings | None
    """None: nobody signs in elsewhere."""
    clauses: Mapping[str, Clause]
    """The clauses of the regulation, by id."""
    office_name: Bilingual
    public_url: str
    is_demo: bool
    secure_cookies: bool
    most_body_bytes: int
    judging: AbstractContextManager[object] = field(default_factory=threading.RLock)
    """Held while judging: two judgements in one process only slow each other, and the writer that waits for both."""
