"""Alembic's entry: runs inside a connection that lti_app.migrations hands over."""

from alembic import context

from lti_app.core.db import Base
from lti_app.tables import ALL_MODELS

assert ALL_MODELS  # noqa: S101 -- importing the tables is what fills the metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
