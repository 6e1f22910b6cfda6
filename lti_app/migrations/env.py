"""Alembic's entry: runs inside a connection that lti_app.migrations hands over."""

from alembic import context

from lti_app.core.db import Base
from lti_app.tables import ALL_MODELS

assert ALL_MODELS  # noqa: S101 -- importing the tables is what fills the metadata


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Whether a table is Alembic's business; the queue engine's and the search index are not."""
    return kind != "table" or not (name or "").startswith(("huey_", "post_search"))


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
    include_name=_is_ours,
)
with context.begin_transaction():
    context.run_migrations()
