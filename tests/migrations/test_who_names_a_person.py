"""People whom two registrations of one issuer shared become two, each with what they did in the courses of theirs."""

from collections import defaultdict

import pytest
from sqlalchemy import MetaData, delete, insert, select, text, update

from lti_app import migrations
from lti_app.core.db import make_engine
from tests.migrations.earlier_code import EarlierCode

CLOUD = "https://cloud.example"


def reflect(connection):
    metadata = MetaData()
    metadata.reflect(connection, only=lambda name, _: not name.startswith(("post_search", "alembic")))
    return metadata.tables


def course_of(tables, table):
    """The statement's column for the course of a table's rows, and what it is selected from."""
    if "course_id" in table.c:
        return table.c.course_id, table
    for column in table.c:
        for key in column.foreign_keys:
            above = tables[key.column.table.name]
            if "course_id" in above.c:
                return above.c.course_id, table.join(above, above.c.id == column)
    raise AssertionError(f"no way from {table.name} to a course")


def named_people(connection):
    """For each column that names people, (row's course, person's sub, person's client id) of all rows."""
    tables = reflect(connection)
    person = tables["person"]
    found = {}
    for table in tables.values():
        columns = [column for column in table.c if any(key.column.table is person for key in column.foreign_keys)]
        for column in columns:
            course, source = course_of(tables, table)
            shown = (course, person.c.sub, person.c.client_id if "client_id" in person.c else text("''"))
            rows = select(*shown).select_from(source.join(person, person.c.id == column))
            found[f"{table.name}.{column.name}"] = [tuple(row) for row in connection.execute(rows)]
    return found


@pytest.fixture
def connection(empty_database_url):
    """The release before. Two registrations of one issuer: everybody came to the second course, which is the first
    registration's, and then to the first, which is the other's and has most of the rows."""
    migrations.upgrade(empty_database_url, "0019")
    engine = make_engine(empty_database_url)
    with engine.connect() as connection:
        EarlierCode(connection, defaultdict(list)).write_first(connection)
        tables = reflect(connection)
        run = connection.execute
        first, second, *_ = run(select(tables["course"].c.id).order_by("id")).scalars()
        platforms = run(select(tables["platform"].c.id).order_by("id")).scalars().all()
        deployments = run(select(tables["deployment"].c.id).order_by("id")).scalars().all()
        run(update(tables["person"]).values(issuer=CLOUD))
        for number, platform in enumerate(platforms):
            named = {"issuer": CLOUD, "client_id": f"client-{number}"}
            run(update(tables["platform"]).where(tables["platform"].c.id == platform).values(named))
            where = tables["deployment"].c.id == deployments[number]
            run(update(tables["deployment"]).where(where).values(platform_id=platform, deployment_id=f"d{number}"))
        run(delete(tables["course_link"]))
        for number, course in enumerate((second, first)):
            linked = {"deployment_id": deployments[number], "context_id": f"c{number}", "course_id": course}
            run(insert(tables["course_link"]).values(linked))
        member = dict(run(select(tables["enrollment"])).mappings().first())
        run(delete(tables["enrollment"]))
        del member["id"]
        everybody = run(select(tables["person"].c.id)).scalars().all()
        for course in (second, first):
            for person in everybody:
                run(insert(tables["enrollment"]).values({**member, "course_id": course, "person_id": person}))
        connection.commit()
        yield connection
    engine.dispose()


def test_everybody_has_what_they_did_in_the_courses_of_their_registration(connection, empty_database_url):
    before = named_people(connection)
    assert all(before.values()), "a column that names people has no row"
    first, second = sorted({course for course, *_ in before["enrollment.person_id"]})
    connection.rollback()
    migrations.upgrade(empty_database_url, "0020")
    after = named_people(connection)
    told = {second: "client-0", first: "client-1"}
    for column, rows in after.items():
        expected = [(course, sub, told[course]) for course, sub, _ in before[column] if course in told]
        assert sorted(row for row in rows if row[0] in told) == sorted(expected), column


def test_names_are_taken_along_and_nobody_is_doubled_without_need(connection, empty_database_url):
    names = "SELECT sub, name, email, locale FROM person ORDER BY sub, id"
    before = connection.execute(text(names)).all()
    connection.rollback()
    migrations.upgrade(empty_database_url, "0020")
    assert connection.execute(text(names)).all() == [row for row in before for _ in range(2)]


def test_people_of_an_issuer_with_one_registration_are_its_people(connection, empty_database_url):
    connection.execute(text("UPDATE platform SET issuer = 'https://other.example' WHERE client_id <> 'client-0'"))
    connection.execute(text("DELETE FROM enrollment"))
    connection.commit()
    migrations.upgrade(empty_database_url, "0020")
    assert set(connection.execute(text("SELECT client_id FROM person")).scalars()) == {"client-0"}


def test_people_of_whom_nobody_can_tell_wait_to_be_claimed(connection, empty_database_url):
    connection.execute(text("DELETE FROM enrollment"))
    connection.commit()
    migrations.upgrade(empty_database_url, "0020")
    assert set(connection.execute(text("SELECT client_id FROM person")).scalars()) == {""}
