"""the registration that names a person

People were known by their issuer and `sub` alone, so that two registrations of one issuer had the same people and
renamed each other's. Everybody belongs to the registration of the course they came to first; those who are in courses
of another one, too, become a person of their own there, with all that they did in those courses.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from lti_app.migrations.limits import create_index

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

OLD, NEW = "uq_person_issuer_sub", "uq_person_issuer_client_id_sub"
KEY = ["issuer", "client_id", "sub"]
# Those who are in no course belong to the only registration of their issuer. Where it has several, nobody can tell.
ASSIGN = """
    UPDATE person SET client_id = coalesce(
        (
            SELECT platform.client_id FROM enrollment
            JOIN course_link ON course_link.course_id = enrollment.course_id
            JOIN deployment ON deployment.id = course_link.deployment_id
            JOIN platform ON platform.id = deployment.platform_id AND platform.issuer = person.issuer
            WHERE enrollment.person_id = person.id ORDER BY enrollment.id, course_link.id LIMIT 1
        ),
        (SELECT CASE WHEN count(*) = 1 THEN min(client_id) END FROM platform WHERE issuer = person.issuer),
        ''
    )
"""
ELSEWHERE = """
    SELECT DISTINCT enrollment.person_id, platform.client_id, enrollment.course_id FROM enrollment
    JOIN person ON person.id = enrollment.person_id
    JOIN course_link ON course_link.course_id = enrollment.course_id
    JOIN deployment ON deployment.id = course_link.deployment_id
    JOIN platform ON platform.id = deployment.platform_id AND platform.issuer = person.issuer
    WHERE platform.client_id <> person.client_id AND course_link.id = (
        SELECT min(other.id) FROM course_link AS other WHERE other.course_id = enrollment.course_id
    )
    ORDER BY 1, 2, 3
"""
DOUBLE = """
    INSERT INTO person (issuer, client_id, sub, name, sort_name, email, locale, time_zone, created_at)
    SELECT issuer, :client_id, sub, name, sort_name, email, locale, time_zone, created_at FROM person WHERE id = :id
    RETURNING id
"""
PEOPLE: dict[str, tuple[str | None, Sequence[str]]] = {
    "enrollment": (None, ["person_id"]),
    "file": (None, ["owner_id"]),
    "visit": (None, ["person_id"]),
    "assessment": (None, ["person_id", "assessed_by_id"]),
    "passback": (None, ["person_id"]),
    "post": (None, ["author_id", "private_to_id", "hidden_by_id", "deleted_by_id"]),
    "draft": (None, ["person_id"]),
    "report": (None, ["reporter_id", "settled_by_id"]),
    "extension": ("discussion", ["person_id", "granted_by_id"]),
    "import": ("discussion", ["person_id"]),
    "pseudonym": ("discussion", ["person_id"]),
    "seen": ("discussion", ["person_id"]),
    "stance": ("discussion", ["person_id"]),
    "moderation_act": ("discussion", ["by_id"]),
    "group_member": ("course_group", ["person_id"]),
    "answer_claim": ("post", ["person_id"]),
    "appreciation": ("post", ["person_id"]),
    "mention": ("post", ["person_id"]),
    "reading_state": ("reading", ["person_id"]),
    "reading_text": ("reading", ["given_by_id"]),
    "release": ("assessment", ["released_by_id"]),
}
"""For each table, the columns that name people, and the table that tells the course of a row where it does not."""
PARENT_ID = {"course_group": "group_id"}


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        with op.batch_alter_table("person") as batch:
            batch.add_column(sa.Column("client_id", sa.String(), nullable=False, server_default=""))
            batch.drop_constraint(OLD, type_="unique")
            batch.create_unique_constraint(NEW, KEY)
    else:  # an earlier attempt may have come half-way
        op.execute("ALTER TABLE person ADD COLUMN IF NOT EXISTS client_id VARCHAR NOT NULL DEFAULT ''")
        op.execute(f"ALTER TABLE person DROP CONSTRAINT IF EXISTS {NEW}")
        create_index(NEW, "person", KEY, unique=True)
        op.execute(f"ALTER TABLE person ADD CONSTRAINT {NEW} UNIQUE USING INDEX {NEW}")
        op.execute(f"ALTER TABLE person DROP CONSTRAINT IF EXISTS {OLD}")
    op.execute(ASSIGN)
    _separate(op.get_bind())


def downgrade() -> None:
    """People who became two stay two: the first is known by the issuer, the others by their client id beside it."""
    op.execute(
        "UPDATE person SET issuer = issuer || ' ' || client_id WHERE EXISTS ("
        "SELECT 1 FROM person AS first WHERE first.issuer = person.issuer AND first.sub = person.sub"
        " AND first.id < person.id)"
    )
    with op.batch_alter_table("person") as batch:
        batch.drop_constraint(NEW, type_="unique")
        batch.create_unique_constraint(OLD, ["issuer", "sub"])
        batch.drop_column("client_id")


def _separate(connection: sa.Connection) -> None:
    """Make a person of their own for each further registration, and give them what is in its courses."""
    courses: dict[tuple[int, str], list[int]] = {}
    for person_id, client_id, course_id in connection.execute(sa.text(ELSEWHERE)):
        courses.setdefault((person_id, client_id), []).append(course_id)
    for (person_id, client_id), theirs in courses.items():
        new_id = connection.execute(sa.text(DOUBLE), {"id": person_id, "client_id": client_id}).scalar_one()
        for table, (parent, columns) in PEOPLE.items():
            for column in columns:
                _hand_over(connection, (table, parent, column), theirs, (person_id, new_id))


def _hand_over(
    connection: sa.Connection,
    place: tuple[str, str | None, str],
    courses: Sequence[int],
    ids: tuple[int, int],
) -> None:
    """Let a column name the new person where it named the old one, in rows of these courses."""
    name, parent, column = place
    old_id, new_id = ids
    key = "course_id" if parent is None else PARENT_ID.get(parent, f"{parent}_id")
    table = sa.table(name, sa.column(column), sa.column(key))
    there = table.c[key].in_(courses)
    if parent is not None:
        above = sa.table(parent, sa.column("id"), sa.column("course_id"))
        there = table.c[key].in_(sa.select(above.c.id).where(above.c.course_id.in_(courses)))
    connection.execute(sa.update(table).where(table.c[column] == old_id, there).values({column: new_id}))
