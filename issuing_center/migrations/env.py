"""Run by alembic for every command: hands it the connection whose transaction and lock `upgrade` holds."""

from alembic import context
from sqlalchemy import Connection

connection: Connection = context.config.attributes["connection"]
context.configure(connection=connection, transactional_ddl=True)
context.run_migrations()
