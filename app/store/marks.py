"""How far the records have got that a judgement rests on: one cheap question instead of reading them all again."""

from sqlalchemy import Connection, text

_MARKS = text(
    """
    SELECT (SELECT max(revision) FROM office_revision),
           (SELECT max(extension_no) FROM window_extension),
           (SELECT max(determination_no) FROM determination),
           (SELECT max(reopening_no) FROM reopening),
           (SELECT max(reception_no) FROM pos_batch),
           (SELECT max(log_index) FROM evaluation WHERE account_manager = :account_manager)
    """
)


def change_marks(connection: Connection, account_manager: str | None) -> tuple[int | None, ...]:
    """Return marks that are equal as long as nothing was added that a forecast of this manager may rest on.

    Every table they look at only grows, so a mark that stands still says that nothing happened. A mark may also move
    for somebody else's sake; then the forecast is judged once more, which is slow and right.
    """
    return tuple(connection.execute(_MARKS, {"account_manager": account_manager}).one())
