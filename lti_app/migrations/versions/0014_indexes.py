"""an index for every foreign key that is searched or deleted by"""

from lti_app.migrations.limits import create_index, drop_index

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

INDEXES = [
    ("assessment", ["assessed_by_id"]),
    ("draft", ["discussion_id"]),
    ("earlier_course", ["earlier_id"]),
    ("extension", ["granted_by_id"]),
    ("import", ["person_id"]),
    ("mark", ["criterion_id"]),
    ("mark", ["level_id"]),
    ("moderation_act", ["by_id"]),
    ("placement", ["course_id"]),
    ("post", ["author_id", "course_id"]),
    ("pseudonym", ["person_id"]),
    ("reading_text", ["given_by_id"]),
    ("release", ["released_by_id"]),
    ("report", ["settled_by_id"]),
    ("visit", ["course_id", "expires_at"]),
]
FILLED = [
    ("post", "deleted_by_id"),
    ("post", "group_id"),
    ("post", "hidden_by_id"),
    ("post", "private_to_id"),
    ("post", "split_from_id"),
    ("reading", "file_id"),
]
"""Few rows have a value here: only those are in the index, so that writing the others costs nothing."""


def upgrade() -> None:
    for table, columns in INDEXES:
        create_index(f"ix_{table}_{'_'.join(columns)}", table, columns)
    for table, column in FILLED:
        create_index(f"ix_{table}_{column}", table, [column], where=f"{column} IS NOT NULL")


def downgrade() -> None:
    for table, column in FILLED:
        drop_index(f"ix_{table}_{column}", table)
    for table, columns in INDEXES:
        drop_index(f"ix_{table}_{'_'.join(columns)}", table)
