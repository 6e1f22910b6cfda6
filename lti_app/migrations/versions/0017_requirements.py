"""what a discussion asks for, as a list of requirements"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

# The columns of before stay until the next release, since the code that is running reads and writes them; the new code
# does neither. While both run, a trigger takes over what the earlier code saves, so that no instructor's change is
# lost; what the new code saves, the earlier code does not see. The next revision drops the columns and the trigger.
COLUMNS = "first_post_words, replies_wanted, reply_words, wanted_move"
NUMBERS = ("first_post_words", "replies_wanted", "reply_words")
FROM_COLUMNS = """
    '[' || substr(
        CASE WHEN {of}first_post_words > 0
            THEN ', {{"kind": "first_post", "words": ' || {of}first_post_words || '}}' ELSE '' END
        || CASE WHEN {of}replies_wanted > 0 OR {of}reply_words > 0
            THEN ', {{"kind": "replies", "people": ' || {of}replies_wanted || ', "words": ' || {of}reply_words || '}}'
            ELSE '' END
        || CASE WHEN {of}wanted_move IS NOT NULL
            THEN ', {{"kind": "move", "move": "' || {of}wanted_move || '"}}' ELSE '' END,
        3
    ) || ']'
"""
ON_SQLITE = f"""
    CREATE TRIGGER discussion_requirements AFTER UPDATE OF {COLUMNS} ON discussion
    BEGIN UPDATE discussion SET requirements = {FROM_COLUMNS.format(of="NEW.")} WHERE id = NEW.id; END
"""  # noqa: S608 -- made of the constants above alone
ON_POSTGRESQL = (
    f"""
    CREATE FUNCTION discussion_requirements() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN NEW.requirements := ({FROM_COLUMNS.format(of="NEW.")})::json; RETURN NEW; END $$
    """,
    f"""
    CREATE TRIGGER discussion_requirements BEFORE UPDATE OF {COLUMNS} ON discussion
    FOR EACH ROW EXECUTE FUNCTION discussion_requirements()
    """,
)


def upgrade() -> None:
    with op.batch_alter_table("discussion") as batch:
        batch.add_column(sa.Column("requirements", sa.JSON(), nullable=False, server_default="[]"))
        for name in NUMBERS:
            batch.alter_column(name, existing_type=sa.Integer(), existing_nullable=False, server_default="0")
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    cast = "" if is_sqlite else "::json"
    op.execute(f"UPDATE discussion SET requirements = ({FROM_COLUMNS.format(of='')}){cast}")  # noqa: S608 -- made of the constants above alone
    for statement in (ON_SQLITE,) if is_sqlite else ON_POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER discussion_requirements")
    else:
        op.execute("DROP TRIGGER discussion_requirements ON discussion")
        op.execute("DROP FUNCTION discussion_requirements()")
    with op.batch_alter_table("discussion") as batch:
        for name in NUMBERS:
            batch.alter_column(name, existing_type=sa.Integer(), existing_nullable=False, server_default=None)
        batch.drop_column("requirements")
