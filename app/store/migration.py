"""Bring the tables of a database up to this program, and tell whether they are."""

from enum import StrEnum
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from app.core.text import Bilingual
from app.store.errors import SchemaNewer, SchemaOutdated

_STEPS = Path(__file__).resolve().parents[2] / "migrations"


class SchemaState(StrEnum):
    """How the tables stand to this program."""

    CURRENT = "current"
    OUTDATED = "outdated"
    """Made by an older program, or empty."""
    NEWER = "newer"
    """Made by a newer program."""


def _config() -> Config:
    config = Config()
    # Config reads its values with percent signs as variables.
    config.set_main_option("script_location", str(_STEPS).replace("%", "%%"))
    return config


@cache
def _known() -> tuple[frozenset[str], frozenset[str]]:
    """Return (the newest steps, all steps)."""
    steps = ScriptDirectory.from_config(_config())
    return frozenset(steps.get_heads()), frozenset(step.revision for step in steps.walk_revisions())


def schema_state(connection: Connection) -> SchemaState:
    """Return how the tables stand to this program."""
    here = frozenset(MigrationContext.configure(connection).get_current_heads())
    newest, known = _known()
    if here == newest:
        return SchemaState.CURRENT
    return SchemaState.OUTDATED if here <= known else SchemaState.NEWER


def require_current(connection: Connection) -> None:
    """Do nothing when the tables fit this program.

    Raises:
        SchemaOutdated: they are older, or there are none.
        SchemaNewer: they are newer.
    """
    state = schema_state(connection)
    if state is SchemaState.NEWER:
        raise _newer()
    if state is SchemaState.OUTDATED:
        raise SchemaOutdated(
            Bilingual(
                "数据库为空或由旧版本建立。请先备份，再运行 henji db upgrade。",
                "The database is empty or was made by an older version. Back it up, then run henji db upgrade.",
            )
        )


def upgrade(connection: Connection) -> None:
    """Run the steps that are missing, inside the transaction of ``connection``: all of them, or none.

    Raises:
        SchemaNewer: the database was made by a newer program; nothing was touched.
    """
    if schema_state(connection) is SchemaState.NEWER:
        raise _newer()
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _newer() -> SchemaNewer:
    return SchemaNewer(
        Bilingual(
            "数据库由更新版本的痕迹建立，本程序不会改动它。请安装新版本，或使用与本程序同期的备份。",
            "The database was made by a newer Henji; this one does not touch it. Install the newer version, "
            "or use a backup of this one's time.",
        )
    )
