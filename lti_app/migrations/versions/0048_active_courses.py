"""courses in which something has happened lately are found without reading all posts and visits"""

from lti_app.migrations.limits import create_index, drop_index

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

POSTS = "ix_post_latest_at_course_id"
VISITS = "ix_visit_created_at_course_id"


def upgrade() -> None:
    create_index(POSTS, "post", ["latest_at", "course_id"], where="parent_id IS NULL")
    create_index(VISITS, "visit", ["created_at", "course_id"])


def downgrade() -> None:
    drop_index(VISITS, "visit")
    drop_index(POSTS, "post")
