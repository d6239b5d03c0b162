"""Refuse in the database itself what a program that goes around this one could do: a gap in a count, two duties.

The statements are written by migrations; they are frozen there by table, so only add to this file. On PostgreSQL the
functions name the schema of their table: a temporary table of the same name is never asked instead.
"""

from collections.abc import Sequence

GAP = "{table}_refuse_gap"
CONFLICT = "duty_refuse_conflict"

_OUT_OF_ORDER = "henji: {table} must follow the one before without a gap"
_TAKEN = "henji: the person has a conflicting duty on this object"

_POSTGRESQL_GAP = """
CREATE FUNCTION henji_{table}_refuse_gap() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    newest bigint;
BEGIN
    EXECUTE format('SELECT coalesce(max({counter}), 0) FROM %I.{table} WHERE {group}', TG_TABLE_SCHEMA)
        INTO newest USING NEW;
    IF NEW.{counter} < 1 OR NEW.{counter} > newest + 1 THEN
        RAISE EXCEPTION '{sentence}' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$
"""

_POSTGRESQL_CONFLICT = """
CREATE FUNCTION henji_duty_refuse_conflict() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    found boolean;
BEGIN
    -- Two writers at once must see each other: one waits here for the other to end, then reads anew.
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'henji: duties are written in read committed transactions only'
            USING ERRCODE = 'check_violation';
    END IF;
    PERFORM pg_advisory_xact_lock(1852140394, 3);
    EXECUTE format(
        'SELECT EXISTS (SELECT 1 FROM %1$I.duty d JOIN %1$I.duty_conflict c ON c.duty = d.duty '
        'WHERE d.object_kind = $1.object_kind AND d.object_id = $1.object_id AND d.person_id = $1.person_id '
        'AND c.excludes = $1.duty)', TG_TABLE_SCHEMA
    ) INTO found USING NEW;
    IF found THEN
        RAISE EXCEPTION '{sentence}' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$
"""


def refuse_gaps(dialect: str, table: str, group: Sequence[str], counter: str) -> tuple[str, ...]:
    """Return the statements that make ``counter`` count from 1 without gaps among the rows of one ``group``.

    A number given twice is left to the unique constraint.

    Args:
        dialect: ``sqlite`` or ``postgresql``.
        table: the table, which exists already and is append-only.
        group: the columns whose values have a count of their own.
        counter: the column that counts.
    """
    sentence = _OUT_OF_ORDER.format(table=table)
    name = GAP.format(table=table)
    if dialect == "postgresql":
        same = " AND ".join(f"{column} = $1.{column}" for column in group)
        function = _POSTGRESQL_GAP.format(table=table, counter=counter, group=same, sentence=sentence)
        return function, *_before_insert(table, name)
    same = " AND ".join(f"{column} = NEW.{column}" for column in group)
    newest = f"(SELECT coalesce(max({counter}), 0) FROM {table} WHERE {same})"  # noqa: S608  # names of our own tables
    wrong = f"NEW.{counter} < 1 OR NEW.{counter} > {newest} + 1"
    refuse = f"SELECT RAISE(ABORT, '{sentence}');"
    return (f"CREATE TRIGGER {name} BEFORE INSERT ON {table} WHEN {wrong} BEGIN {refuse} END",)


def refuse_conflicting_duties(dialect: str) -> tuple[str, ...]:
    """Return the statements that keep one person from two duties on one object that ``duty_conflict`` excludes."""
    if dialect == "postgresql":
        return _POSTGRESQL_CONFLICT.format(sentence=_TAKEN), *_before_insert("duty", CONFLICT)
    found = (
        "SELECT 1 FROM duty d JOIN duty_conflict c ON c.duty = d.duty WHERE d.object_kind = NEW.object_kind "
        "AND d.object_id = NEW.object_id AND d.person_id = NEW.person_id AND c.excludes = NEW.duty"
    )
    refuse = f"SELECT RAISE(ABORT, '{_TAKEN}');"
    return (f"CREATE TRIGGER {CONFLICT} BEFORE INSERT ON duty WHEN EXISTS ({found}) BEGIN {refuse} END",)


def _before_insert(table: str, name: str) -> tuple[str, ...]:
    return (
        f"CREATE TRIGGER {name} BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION henji_{name}()",
        # Otherwise session_replication_role = replica would switch it off.
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}",
    )
