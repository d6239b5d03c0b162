"""Refuse change in the database itself: whoever goes around the program still cannot rewrite what is on record.

The statements are written by migrations; they are frozen there by table and keys, so only add to this file.
"""

from collections.abc import Sequence

_SENTENCE = "henji: {table} is append-only, its rows are never changed or removed"

POSTGRESQL_FUNCTION = """
CREATE FUNCTION henji_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'henji: % is append-only, its rows are never changed or removed', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$
"""
"""Needed once per PostgreSQL database, before the first trigger."""


def refuse_changes(dialect: str, table: str, keys: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Return the statements that make ``table`` append-only.

    Args:
        dialect: ``sqlite`` or ``postgresql``.
        table: the table, which exists already.
        keys: the columns of the primary key and of every unique constraint. SQLite's ``INSERT OR REPLACE`` removes
            the rows it conflicts with without firing a delete trigger, so an existing key must be refused first.
    """
    sentence = _SENTENCE.format(table=table)
    if dialect == "postgresql":
        refuse = (
            f"CREATE TRIGGER {table}_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION henji_refuse_change()"
        )
        # Otherwise session_replication_role = replica would switch it off.
        always = f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_refuse_change"
        return refuse, always
    # A BEFORE trigger sees -1 where the row number is still to be given.
    keyed = ["rowid = NEW.rowid", *(" AND ".join(f'"{column}" = NEW."{column}"' for column in key) for key in keys)]
    known = " OR ".join(f"EXISTS (SELECT 1 FROM {table} WHERE {condition})" for condition in keyed)  # noqa: S608  # names of our own tables
    update = f"CREATE TRIGGER {table}_refuse_update BEFORE UPDATE ON {table}"
    delete = f"CREATE TRIGGER {table}_refuse_delete BEFORE DELETE ON {table}"
    replace = f"CREATE TRIGGER {table}_refuse_replace BEFORE INSERT ON {table} WHEN {known}"
    return (
        f"{update} BEGIN SELECT RAISE(ABORT, '{sentence}'); END",
        f"{delete} BEGIN SELECT RAISE(ABORT, '{sentence}'); END",
        f"{replace} BEGIN SELECT RAISE(ABORT, 'henji: {table} already has a row with this key'); END",
    )


def trigger_names(dialect: str, table: str) -> frozenset[str]:
    """Return the names of the triggers that ``refuse_changes`` puts on ``table``."""
    if dialect == "postgresql":
        return frozenset({f"{table}_refuse_change"})
    return frozenset({f"{table}_refuse_update", f"{table}_refuse_delete", f"{table}_refuse_replace"})
