"""Every foreign key can be followed backwards without reading the whole table."""

import pytest
from sqlalchemy import Column, ForeignKey, Index, Integer, MetaData, Table, UniqueConstraint, text

from lti_app.core.db import Base
from lti_app.tables import ALL_MODELS

assert ALL_MODELS  # the tables that the metadata knows

NEVER_FOLLOWED = {
    "assessment.course_id": "courses are never deleted, and assessments are searched by their discussion",
    "draft.course_id": "courses are never deleted, and drafts are searched by their writer",
    "post.course_id": "courses are never deleted, and posts are searched by their discussion or author",
}


def uncovered(metadata):
    """The foreign keys that no index begins with; one of the rows that have a value is enough."""
    found = set()
    for table in metadata.tables.values():
        beginnings = {next(iter(table.primary_key)).name}
        beginnings |= {
            next(iter(each.columns)).name for each in table.constraints if isinstance(each, UniqueConstraint)
        }
        beginnings |= {index.columns[0].name for index in table.indexes if _serves(index)}
        found |= {f"{table.name}.{key.parent.name}" for key in table.foreign_keys if key.parent.name not in beginnings}
    return found


def _serves(index):
    condition = index.dialect_options["postgresql"]["where"]
    assert str(condition) == str(index.dialect_options["sqlite"]["where"])
    return condition is None or str(condition) == f"{index.columns[0].name} IS NOT NULL"


def test_every_foreign_key_is_in_an_index_or_has_a_reason():
    assert uncovered(Base.metadata) == set(NEVER_FOLLOWED)


@pytest.mark.parametrize(
    ("where", "found"), [(None, set()), ("a_id IS NOT NULL", set()), ("b > 0", {"t.a_id"})], ids=str
)
def test_an_index_of_other_rows_does_not_count(where, found):
    metadata = MetaData()
    condition = None if where is None else text(where)
    Table("a", metadata, Column("id", Integer, primary_key=True))
    columns = [Column("id", Integer, primary_key=True), Column("b", Integer), Column("a_id", ForeignKey("a.id"))]
    Table("t", metadata, *columns, Index("ix", "a_id", postgresql_where=condition, sqlite_where=condition))
    assert uncovered(metadata) == found


def test_an_index_that_only_has_the_key_further_back_does_not_count():
    metadata = MetaData()
    Table("a", metadata, Column("id", Integer, primary_key=True))
    columns = [Column("id", Integer, primary_key=True), Column("b", Integer), Column("a_id", ForeignKey("a.id"))]
    Table("t", metadata, *columns, UniqueConstraint("b", "a_id"))
    assert uncovered(metadata) == {"t.a_id"}
