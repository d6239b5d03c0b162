"""Refuse incompatible roles of one person in the database itself, whoever writes and however.

A role is compared with the other roles of the same version of the person, and with what the person's accounts hold;
what an account is given is compared with the newest version of its person and with the person's other accounts. The
pairs stand in ``role_conflict``. The statements are written by migrations and frozen there: only add to this file.
"""

ROLE_GUARD = frozenset({"person_role_compatible", "account_compatible", "account_stays_compatible"})
"""The triggers; ``henji db check`` misses them when they are gone."""

REFUSED = "henji: incompatible roles of one person"

_WATCHED = "person_id, roles, created_at, disabled_at"
_BUSINESS_DAY = {
    "sqlite": "date({at}, '+8 hours')",
    "postgresql": "({at} AT TIME ZONE 'Asia/Shanghai')::date",
}
_ESCAPES = {"sqlite": "instr(NEW.roles, char(92)) > 0", "postgresql": "strpos(NEW.roles, chr(92)) > 0"}
"""A role spelled with JSON escapes is the same role to the program, and another one to a comparison of texts."""
_HOLDS = {
    "sqlite": "instr({roles}, '\"' || {role} || '\"') > 0",
    "postgresql": "strpos({roles}, '\"' || {role} || '\"') > 0",
}


def refuse_incompatible_roles(dialect: str) -> tuple[str, ...]:
    """Return the statements that put the guard on ``person_role`` and ``account``.

    Args:
        dialect: ``sqlite`` or ``postgresql``.
    """
    role, account = _role_conditions(dialect), _account_conditions(dialect)
    if dialect == "postgresql":
        return (
            _function("henji_refuse_incompatible_role", role),
            _function("henji_refuse_incompatible_account", account),
            *_always("person_role_compatible", "AFTER INSERT ON person_role", "henji_refuse_incompatible_role"),
            *_always("account_compatible", "AFTER INSERT ON account", "henji_refuse_incompatible_account"),
            *_always(
                "account_stays_compatible",
                f"AFTER UPDATE OF {_WATCHED} ON account",
                "henji_refuse_incompatible_account",
            ),
        )
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
    return (
        f"CREATE TRIGGER person_role_compatible AFTER INSERT ON person_role WHEN {role} {refuse}",
        f"CREATE TRIGGER account_compatible AFTER INSERT ON account WHEN {account} {refuse}",
        f"CREATE TRIGGER account_stays_compatible AFTER UPDATE OF {_WATCHED} ON account WHEN {account} {refuse}",
    )


def _role_conditions(dialect: str) -> str:
    """Return when the new row of ``person_role`` is refused."""
    created_on = _BUSINESS_DAY[dialect].format(at="a.created_at")
    return (
        "EXISTS (SELECT 1 FROM role_conflict c JOIN person_role r ON r.role = c.other "  # noqa: S608  # names of our own tables
        "WHERE c.role = NEW.role AND r.person_id = NEW.person_id AND r.recorded = NEW.recorded "
        "AND (r.until IS NULL OR r.until >= NEW.since) AND (NEW.until IS NULL OR NEW.until >= r.since)) "
        f"OR EXISTS (SELECT 1 FROM role_conflict c JOIN account a ON {_holds(dialect, 'a.roles', 'c.other')} "
        "WHERE c.role = NEW.role AND a.person_id = NEW.person_id AND a.disabled_at IS NULL "
        f"AND (NEW.until IS NULL OR NEW.until >= {created_on}))"
    )


def _account_conditions(dialect: str) -> str:
    """Return when the new state of a row of ``account`` is refused."""
    created_on = _BUSINESS_DAY[dialect].format(at="NEW.created_at")
    mine = _holds(dialect, "NEW.roles", "c.role")
    return (
        f"{_ESCAPES[dialect]} OR (NEW.disabled_at IS NULL AND (EXISTS (SELECT 1 FROM role_conflict c WHERE {mine} "  # noqa: S608  # as above
        f"AND {_holds(dialect, 'NEW.roles', 'c.other')}) "
        f"OR EXISTS (SELECT 1 FROM role_conflict c JOIN person_role r ON r.role = c.other WHERE {mine} "
        "AND r.person_id = NEW.person_id "
        "AND r.recorded = (SELECT max(p.recorded) FROM person p WHERE p.person_id = NEW.person_id) "
        f"AND (r.until IS NULL OR r.until >= {created_on})) "
        f"OR EXISTS (SELECT 1 FROM role_conflict c JOIN account a ON {_holds(dialect, 'a.roles', 'c.other')} "
        f"WHERE {mine} AND a.person_id = NEW.person_id AND a.account_id <> NEW.account_id AND a.disabled_at IS NULL)))"
    )


def _holds(dialect: str, roles: str, role: str) -> str:
    """Return the condition that the JSON list ``roles`` names ``role``."""
    return _HOLDS[dialect].format(roles=roles, role=role)


_POSTGRESQL = """
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    -- A temporary table of the same name is not asked instead. Undone at the end, as the function sets it.
    PERFORM set_config('search_path', quote_ident(TG_TABLE_SCHEMA) || ', pg_temp', true);
    -- Two writers at once must see each other: one waits here for the other to end, then reads anew.
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'henji: roles are written in read committed transactions only'
            USING ERRCODE = 'check_violation';
    END IF;
    PERFORM pg_advisory_xact_lock(1852140394, 4);
    IF {refused_when} THEN
        RAISE EXCEPTION '{sentence}' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END
$$
"""


def _function(name: str, refused_when: str) -> str:
    return _POSTGRESQL.format(name=name, refused_when=refused_when, sentence=REFUSED)


def _always(name: str, when: str, function: str) -> tuple[str, str]:
    table = when.rsplit(" ", 1)[1]
    return (
        f"CREATE TRIGGER {name} {when} FOR EACH ROW EXECUTE FUNCTION {function}()",
        # Otherwise session_replication_role = replica would switch it off.
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}",
    )
