"""How Alembic runs the steps: only inside the transaction that the store opened for them, never by itself."""

from alembic import context

from app.store import office_tables, tables
from app.store.schema import metadata

connection = context.config.attributes.get("connection")
if connection is None:
    raise SystemExit("run `henji db upgrade`: it takes the writer lock and runs all steps in one transaction")

# Both modules fill the metadata when they are imported.
assert tables
assert office_tables
context.configure(connection=connection, target_metadata=metadata, compare_type=True)
with context.begin_transaction():
    context.run_migrations()
