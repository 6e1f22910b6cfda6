"""Exporting and erasing a person: all that is theirs is in the export, and after an erasure nothing is anywhere."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from lti_app.core.db import Base
from lti_app.core.errors import NotFound
from lti_app.course.people.actions import record_person
from lti_app.course.people.models import Person
from lti_app.course.people.rules import Identity, Names
from lti_app.discussion.discussions.queries.discussion import get_discussion
from lti_app.discussion.drafts.actions import save_draft
from lti_app.discussion.drafts.rules import FIRST_POST, DraftContent
from lti_app.discussion.moderation.actions import report_post
from lti_app.discussion.moderation.rules import ReportReason
from lti_app.discussion.posts.queries.gate import circumstances_of
from lti_app.discussion.threads.queries import read_thread
from lti_app.exchange.personal.actions import erase_person, preview_erasure, write_export
from lti_app.exchange.personal.queries import collect_person, find_people
from lti_app.exchange.personal.rules import FATES, PARTS, SECRETS, Fate
from lti_app.storage.bucket import BucketStorage
from lti_app.tables import ALL_MODELS
from tests.cast import CLIENT_ID, ISSUER, MONDAY
from tests.factories.posts import write
from tests.tenancy.world import make_world

SAID = "Hospitals show that Zeal alone is not enough."


@pytest.fixture
def world(session, cast):
    """Ana has done everything that one can do, and Ben has written one post."""
    world = make_world(session, cast)
    here = get_discussion(session, cast.ana, world.home.discussion.id, now=MONDAY)
    mine = write(session, cast.ana, here, now=MONDAY + timedelta(hours=1), text=SAID)
    bens = write(session, cast.ben, here, now=MONDAY + timedelta(hours=2), text="Ben’s own words stay here.")
    write(session, cast.ben, here, now=MONDAY + timedelta(hours=3), text="A reply by Ben.", to=mine)
    report_post(session, cast.ana, here, bens.id, reason=ReportReason.OTHER, words="Zealous nonsense.", now=MONDAY)
    save_draft(session, cast.ana, here, FIRST_POST, DraftContent("Zeal, once more."), now=MONDAY)
    ana = session.get(Person, cast.ana.person_id)
    ana.email = "ana@example.edu"
    session.flush()
    return world


def all_values(session):
    for table in Base.metadata.sorted_tables:
        for row in session.execute(select(table)):
            yield from ((table.name, str(value)) for value in row)
    words = "post_search_words" if session.get_bind().dialect.name == "sqlite" else "post_search"
    for row in session.execute(text(f"SELECT * FROM {words}")):
        yield from ((words, str(value)) for value in row)


def refers_to(table):
    assert ALL_MODELS
    return [
        f"{other.name}.{column.name}"
        for other in Base.metadata.sorted_tables
        for column in other.c
        if any(key.column.table.name == table for key in column.foreign_keys)
    ]


def test_every_column_that_names_a_person_has_a_fate():
    assert sorted(FATES) == sorted(refers_to("person"))


def test_every_table_that_hangs_on_what_is_deleted_is_a_part_of_it():
    deleted = {column.partition(".")[0] for column, fate in FATES.items() if fate is Fate.OWN}
    for _ in range(3):
        deleted |= {part.partition(".")[0] for table in deleted for part in PARTS.get(table, ())}
    for table in deleted:
        assert {*refers_to(table)} <= {*PARTS.get(table, ())}, table
    known = {f"{table.name}.{column.name}" for table in Base.metadata.sorted_tables for column in table.c}
    assert known >= SECRETS


def test_an_export_has_what_is_theirs_and_nothing_of_others(session, cast, world):
    data = collect_person(session, cast.ana.person_id)
    told = io.BytesIO()
    write_export(told, data, BucketStorage({}, prefix="files"))
    with zipfile.ZipFile(told) as archive:
        rows = json.loads(archive.read("person.json"))
    assert [row["name"] for row in rows["person"]] == ["Ana Brandt"]
    assert SAID in {row["text"] for row in rows["post"]}
    for table in ("draft", "assessment", "mark", "enrollment", "extension", "passback", "report", "reading_state"):
        assert rows[table], table
    words = json.dumps(rows, ensure_ascii=False)
    assert "Ben" not in words
    assert "token_hash" not in words


def test_an_erasure_leaves_nothing_of_the_person(session, cast, world):
    counts = preview_erasure(session, cast.ana.person_id)
    assert counts["post"] >= 2
    erase_person(session, cast.ana.person_id, now=MONDAY)
    for table, value in all_values(session):
        for gone in ("Ana Brandt", "ana-brandt", "ana@example.edu", "Zeal", "zeal"):
            if (gone in ("Ana Brandt", "ana-brandt")) and table == "person":
                continue  # she is somebody else in the other course's LMS registration
            assert gone not in value, (table, value)
    assert any("Ben’s own words" in value for _, value in all_values(session))


def test_replies_of_others_keep_their_place(session, cast, world):
    erase_person(session, cast.ana.person_id, now=MONDAY)
    session.expire_all()
    here = get_discussion(session, cast.ben, world.home.discussion.id, now=MONDAY + timedelta(hours=4))
    page = read_thread(session, cast.ben, here, circumstances=circumstances_of(session, cast.ben, here))
    replies = [post for post in page.posts if "A reply by Ben." in post.html]
    assert len(replies) == 1
    parent = next(post for post in page.posts if post.id == replies[0].parent_id)
    assert (parent.html, parent.is_deleted) == ("", True)


def test_the_same_user_is_somebody_new_afterwards(session, cast, world):
    erase_person(session, cast.ana.person_id, now=MONDAY)
    again = record_person(session, Identity(ISSUER, CLIENT_ID, "ana-brandt"), Names("Ana Brandt"), MONDAY)
    assert again != cast.ana.person_id
    assert [line.id for line in find_people(session, issuer=ISSUER, sub="ana-brandt")] == [again]


@pytest.mark.parametrize(
    "work", [collect_person, preview_erasure, lambda session, person: erase_person(session, person, now=MONDAY)]
)
def test_nobody_is_not_found(session, work):
    with pytest.raises(NotFound) as refused:
        work(session, 10**6)
    assert refused.value.code == "unknown_person"
