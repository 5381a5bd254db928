"""The history of the schema, run by program and never by hand.

Each version file is frozen: it says what was, so it imports no table of today. A test compares the result with the
tables that the rooms declare.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

_ADVISORY_LOCK = 0x6B696F736B  # "kiosk"; any number that nothing else in the database uses


def upgrade(engine: Engine, version: str = "head") -> None:
    """Bring the database to the newest schema, in one transaction; does nothing when it is there already.

    `version` stops earlier, for tests of the way from one schema to the next.
    Safe when several workers start at once: the second waits for the first and then finds the work done.
    """
    with engine.begin() as connection:  # on SQLite this has the write lock already (BEGIN IMMEDIATE)
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, version)


def is_current(connection: Connection) -> bool:
    """Tell whether the database has exactly the schema of this build; a worker refuses to serve on any other."""
    return MigrationContext.configure(connection).get_current_heads() == tuple(
        ScriptDirectory.from_config(_config()).get_heads()
    )


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    # One separator for version paths; without the option alembic warns of its old default.
    config.set_main_option("path_separator", "os")
    return config
