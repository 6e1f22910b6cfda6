"""Alembic's entry: runs inside a connection that lti_app.migrations hands over."""

import re

from alembic import context
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Column, text

from lti_app.core.db import Base
from lti_app.migrations.limits import LOCK_LIMIT, STATEMENT_LIMIT
from lti_app.tables import ALL_MODELS

assert ALL_MODELS  # noqa: S101 -- importing the tables is what fills the metadata

connection = context.config.attributes["connection"]


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Whether a table is Alembic's business; the queue engine's and the search index are not."""
    return kind != "table" or not (name or "").startswith(("huey_", "post_search"))


def _defaults_differ(
    _context: MigrationContext, _found: Column[object], column: Column[object], *defaults: object
) -> bool:
    """Whether a column's default in the database is another than the model's.

    Alembic's own comparison asks PostgreSQL whether the two are equal, which is not defined for JSON.
    """
    stored, _declared, rendered = defaults
    return not column.primary_key and _bare(stored) != _bare(rendered)


def _bare(default: object) -> str | None:
    """A default without its type and what is put around it: ''::character varying and (0) and 0."""
    return None if default is None else re.sub(r"::[\w ]+$", "", str(default)).strip("()'")


if connection.dialect.name == "postgresql":
    # A change that waits for a lock holds up every later statement on that table: better to give up and try again.
    connection.execute(text(f"SET lock_timeout = '{LOCK_LIMIT}'"))
    connection.execute(text(f"SET statement_timeout = '{STATEMENT_LIMIT}'"))
    connection.commit()

context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
    compare_server_default=_defaults_differ,
    transaction_per_migration=True,
    include_name=_is_ours,
)
with context.begin_transaction():
    context.run_migrations()
