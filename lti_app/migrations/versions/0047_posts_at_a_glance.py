"""posts are found by their threads alone, and counted without their texts

The numbers of a discussion were counted from rows in which they lie behind the texts. Indexes that hold what is
counted take the places of those that begin like them. A name in an index must not be too long, as nobody's is.
"""

from alembic import op

from lti_app.migrations.limits import create_index, drop_index

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

BY_PARENT = "ix_post_parent_id"
BY_ROOT = "ix_post_root_id"
REPLIES = "ix_post_replies"
IS_REPLY = "root_id IS NOT NULL"
READ_BY = (
    *("root_id", "path", "address", "discussion_id", "parent_id", "author_id", "byline", "created_at", "undated"),
    *("deleted_at", "hidden_at", "held_at", "private_to_id", "group_id"),
)
BY_AUTHOR = "ix_post_discussion_id_author_id"
GLANCE = "ix_post_at_a_glance"
FIRST_POSTS = "ix_post_first_posts"
BY_LATEST = "ix_post_discussion_id_latest_number"
IS_FIRST = "parent_id IS NULL"
ORDERED_BY = (
    *("discussion_id", "latest_number", "latest_at", "path", "address", "descendants", "pinned_at", "announcement"),
    *("held_at", "private_to_id", "author_id", "group_id"),
)
COLUMNS = (
    *("discussion_id", "author_id", "parent_id", "root_id", "number", "by_staff", "deleted_at", "hidden_at"),
    *("held_at", "private_to_id", "group_id", "byline", "move", "announcement", "split_from_id"),
)


def upgrade() -> None:
    op.execute("UPDATE post SET byline = substr(byline, 1, 300) WHERE length(byline) > 300")
    create_index(GLANCE, "post", COLUMNS)
    drop_index(BY_AUTHOR, "post")
    create_index(FIRST_POSTS, "post", ORDERED_BY, where=IS_FIRST)
    drop_index(BY_LATEST, "post")
    create_index(REPLIES, "post", READ_BY, where=IS_REPLY)
    drop_index(BY_ROOT, "post")
    drop_index(BY_PARENT, "post")
    create_index(BY_PARENT, "post", ["parent_id"], where="parent_id IS NOT NULL")


def downgrade() -> None:
    drop_index(BY_PARENT, "post")
    create_index(BY_PARENT, "post", ["parent_id"])
    create_index(BY_ROOT, "post", ["root_id"])
    drop_index(REPLIES, "post")
    create_index(BY_LATEST, "post", ["discussion_id", "latest_number"], where=IS_FIRST)
    drop_index(FIRST_POSTS, "post")
    create_index(BY_AUTHOR, "post", ["discussion_id", "author_id"])
    drop_index(GLANCE, "post")
