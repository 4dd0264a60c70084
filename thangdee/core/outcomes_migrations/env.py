"""Alembic's way to the outcomes of enquiries; the connection is handed in by core.schema."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"], version_table_schema="outcomes", include_schemas=True
)
with context.begin_transaction():
    context.run_migrations()
