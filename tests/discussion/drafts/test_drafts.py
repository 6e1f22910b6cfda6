"""Drafts: private, never overwritten unseen, gone when posted."""

from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from lti_app.core.errors import Forbidden, NotFound
from lti_app.discussion.discussions.rules import Anonymity, Move
from lti_app.discussion.drafts.actions import delete_posted_draft, discard_draft, save_draft, save_refused_as_draft
from lti_app.discussion.drafts.errors import DraftElsewhere, DraftTooLong, DraftTooSoon
from lti_app.discussion.drafts.models import Draft
from lti_app.discussion.drafts.queries import find_draft, get_draft, list_drafts
from lti_app.discussion.drafts.rules import FIRST_POST, DraftContent, DraftRef, parse_place, place_of
from lti_app.discussion.posts.rules.formats import Format
from tests.factories.discussions import set_up
from tests.factories.posts import write
from tests.races import at_once, kinds
from tests.statements import count_statements


@pytest.fixture
def save(session, cast, discussion, clock):
    """`save(text, base=…)`: a minute later, by Ana at the place of her first post unless told otherwise."""

    def save(text, *, by=cast.ana, place=FIRST_POST, base="", writer="", at=discussion, **more):
        drafted = DraftContent(text, **more)
        return save_draft(session, by, at, place, drafted, base=base, writer=writer, now=clock.move(minutes=1))

    return save


def texts(session):
    return session.scalars(select(Draft.text).order_by(Draft.id)).all()


def test_what_is_saved_comes_back(session, cast, discussion, clock, save):
    version = save("<p>As far</p>", format=Format.HTML, title="Topic", file_ids=(3, 2))
    found = get_draft(session, cast.ana, discussion, FIRST_POST)
    assert (found.version, found.saved_at) == (version, clock())
    assert found.drafted == DraftContent("<p>As far</p>", Format.HTML, None, "Topic", (3, 2))
    newer = save("<p>As far as this</p>", base=version, format=Format.HTML)
    assert newer != version
    assert texts(session) == ["<p>As far as this</p>"]


def test_what_a_database_cannot_store_is_left_out(session, cast, discussion, save):
    version = save("As\x00 far", title="\x00", writer="\x00w")
    assert texts(session) == ["As far"]
    delete_posted_draft(session, cast.ana, discussion.id, FIRST_POST, DraftRef("\x00", "\x00"))
    assert save("Further", base=version, writer="\x00w")
    assert save("\x00\x07", writer="w") == ""


def test_each_place_has_its_own(session, cast, discussion, save):
    first = write(session, cast.ben, discussion, now=discussion.as_of)
    own = write(session, cast.ana, discussion, now=discussion.as_of)
    for place in (FIRST_POST, place_of(first.id), place_of(None, own.id)):
        save(place.key, place=place, move=Move.COUNTER)
    listed = list_drafts(session, cast.ana, discussion)
    assert [(draft.place, draft.address, draft.author) for draft in listed] == [
        (place_of(None, own.id), "2", "Ana Brandt"),
        (place_of(first.id), "1", "Ben Carter"),
        (FIRST_POST, "", ""),
    ]
    assert [draft.drafted.text for draft in listed] == ["", "", "first"]
    assert get_draft(session, cast.ana, discussion, place_of(first.id)).drafted.move is Move.COUNTER


def test_nobody_else_has_them(session, cast, discussion, save):
    save("Mine")
    (draft,) = list_drafts(session, cast.ana, discussion)
    for other in (cast.ben, cast.ines, cast.tariq, cast.olga):
        assert get_draft(session, other, discussion, FIRST_POST) is None
        assert list_drafts(session, other, discussion) == ()
        with pytest.raises(NotFound):
            find_draft(session, other, discussion, draft.id)
        discard_draft(session, other, discussion.id, FIRST_POST)
    assert texts(session) == ["Mine"]


def test_names_are_hidden_in_the_list_too(session, cast, clock, save):
    hidden = set_up(session, cast.ines, clock(), anonymity=Anonymity.PEERS, post_first=False)
    first = write(session, cast.ben, hidden, now=clock())
    save("To whom?", place=place_of(first.id), at=hidden)
    (draft,) = list_drafts(session, cast.ana, hidden)
    assert "Ben" not in draft.author


@pytest.mark.parametrize("nothing", ["", " \n ", "<p></p>", "<p><br></p>"])
def test_empty_ones_vanish(session, save, nothing):
    kind = Format.HTML if "<" in nothing else Format.TEXT
    assert save(nothing, format=kind) == ""
    version = save("Something")
    assert save(nothing, base=version, format=kind) == ""
    assert texts(session) == []
    assert save("Anew") != ""


def test_a_picture_or_a_file_is_something(session, save):
    version = save('<p><img src="/courses/1/files/3/a.png" alt=""></p>', format=Format.HTML)
    assert save("", base=version, file_ids=(3,)) != ""


def test_two_windows_do_not_overwrite_each_other(session, save):
    here = save("From here")
    with pytest.raises(DraftElsewhere) as told:
        save("From there")  # which was opened before anything was saved
    assert told.value.data["version"] == here
    newer = save("From there", base=here)  # chosen there: keep this one
    with pytest.raises(DraftElsewhere):
        save("From here again", base=here)
    with pytest.raises(DraftElsewhere):
        save("", base=here)
    assert texts(session) == ["From there"]
    assert save("From here, with what was there", base=newer)


def test_a_window_may_not_know_that_its_last_save_arrived(session, save):
    save("One", writer="w1")
    save("One two", writer="w1")
    with pytest.raises(DraftElsewhere):
        save("Other", writer="w2")
    assert texts(session) == ["One two"]


def test_a_window_learns_that_its_draft_is_gone(session, cast, discussion, save):
    version = save("Posted elsewhere", writer="w1")
    discard_draft(session, cast.ana, discussion.id, FIRST_POST)
    with pytest.raises(DraftElsewhere) as told:
        save("And on", base=version, writer="w1")
    assert told.value.data["version"] == ""
    assert save("And on")


def test_posting_drops_what_was_posted_and_nothing_else(session, cast, discussion, save):
    version = save("In window one", writer="w1")
    drop = partial(delete_posted_draft, session, cast.ana, discussion.id, FIRST_POST)
    drop(DraftRef(version="other"))
    drop(DraftRef(version="", writer="w2"))
    drop(DraftRef(version=""))
    assert texts(session) == ["In window one"]
    drop(DraftRef(version="lost on the way", writer="w1"))
    assert texts(session) == []
    drop(DraftRef(version=version))
    version = save("Without scripts")
    drop(DraftRef(version=version))
    assert texts(session) == []


def test_posting_costs_one_statement_and_none_without_a_draft(database, session, cast, discussion):
    for version, most in (("", 0), ("v", 1)):
        with count_statements(database.engine) as sent:
            delete_posted_draft(session, cast.ana, discussion.id, FIRST_POST, DraftRef(version))
        assert len(sent) == most


def test_a_refused_post_stays_over_what_was_there(session, cast, discussion, clock, save):
    save("Saved a moment ago", writer="w1")
    keep = partial(save_refused_as_draft, session, cast.ana, discussion, FIRST_POST, now=clock())
    version = keep(DraftContent("Meant to be posted"))
    assert texts(session) == ["Meant to be posted"]
    assert get_draft(session, cast.ana, discussion, FIRST_POST).version == version
    assert keep(DraftContent("x" * 20_001)) == keep(DraftContent(" ")) == ""
    assert texts(session) == ["Meant to be posted"]


def test_one_save_a_second_is_taken_of_each_person(session, cast, discussion, clock):
    first = write(session, cast.ben, discussion, now=clock())
    write(session, cast.ana, discussion, now=clock())

    def save(who, place, base=""):
        return save_draft(session, who, discussion, place, DraftContent("Fast"), base=base, now=clock())

    version = save(cast.ana, FIRST_POST)
    for place in (FIRST_POST, place_of(first.id)):
        with pytest.raises(DraftTooSoon):
            save(cast.ana, place, version)
    save(cast.ben, FIRST_POST)
    clock.move(seconds=1)
    save(cast.ana, FIRST_POST, version)


def test_a_draft_is_no_larger_than_a_post(save):
    save("x" * 20_000)
    for drafted in ({"text": "x" * 20_001}, {"text": "", "title": "x" * 201}, {"text": "", "file_ids": range(11)}):
        with pytest.raises(DraftTooLong):
            save(**drafted)
    with pytest.raises(DraftTooLong):
        save("x" * 200_001, format=Format.HTML)


def test_who_has_no_place_keeps_no_draft(session, cast, discussion, clock, save):
    first = write(session, cast.ben, discussion, now=clock())
    with pytest.raises(Forbidden):
        save("Observing", by=cast.olga)
    with pytest.raises(NotFound):
        save("Before the gate", place=place_of(first.id))
    with pytest.raises(Forbidden):
        save("Not mine", by=cast.ines, place=place_of(None, first.id))
    for nowhere in (0, -1, 4711, 10**17):
        with pytest.raises(NotFound):
            save("Nowhere", by=cast.ines, place=place_of(nowhere))


def test_keys_of_places_are_read_as_they_are_written():
    for place in (FIRST_POST, place_of(12), place_of(None, 34)):
        assert parse_place(place.key) == place
    for key in ("", "first-1", "reply", "reply-", "reply--1", "reply-x", "edit-1²", "edit-" + "9" * 30, "Reply-1"):
        assert parse_place(key) is None


def test_a_save_costs_no_more_for_many_drafts(session, cast, discussion, clock, save):
    posts = [write(session, cast.ben, discussion, now=clock()) for _ in range(5)]
    write(session, cast.ana, discussion, now=clock())
    versions = {post.id: save("One", place=place_of(post.id)) for post in posts}
    with count_statements(session.get_bind()) as sent:
        save("Two", place=place_of(posts[0].id), base=versions[posts[0].id])
    assert len(sent) == 3  # the post, what is known, the update


def test_two_windows_save_at_the_same_moment(database, session, cast, discussion, clock):
    session.commit()

    def save(name):
        with database.writing() as own:
            return save_draft(own, cast.ana, discussion, FIRST_POST, DraftContent(name), writer=name, now=clock())

    answers = at_once([partial(save, f"w{number}") for number in range(4)])
    assert kinds(answers).count("str") == 1
    assert set(kinds(answers)) <= {"str", "DraftElsewhere", "DraftTooSoon"}
    assert session.scalar(select(func.count()).select_from(Draft)) == 1


STEPS = st.lists(
    st.tuples(st.sampled_from("ABC"), st.sampled_from(["save", "lost", "empty", "keep", "take", "post"])), max_size=14
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(STEPS)
def test_no_window_loses_what_it_was_not_told_of(session, cast, discussion, clock, steps):
    """Three windows in any order: what one has saved goes only by a window that has seen it."""
    discard_draft(session, cast.ana, discussion.id, FIRST_POST)
    kept, seen, known = "", dict.fromkeys("ABC", ""), dict.fromkeys("ABC", "")
    for number, (window, step) in enumerate(steps):
        text, now = f"{window}{number}", clock.move(minutes=1)
        found = get_draft(session, cast.ana, discussion, FIRST_POST)
        assert (found.drafted.text if found else "") == kept
        if step == "take":
            known[window], seen[window] = (found.version if found else ""), kept
            continue
        if step == "post":
            delete_posted_draft(session, cast.ana, discussion.id, FIRST_POST, DraftRef(known[window], window))
            kept = "" if seen[window] == kept else kept
            continue
        if step == "keep":
            known[window], seen[window] = (found.version if found else ""), kept
        try:
            drafted = DraftContent("" if step == "empty" else text)
            base = known[window]
            version = save_draft(session, cast.ana, discussion, FIRST_POST, drafted, base=base, writer=window, now=now)
        except DraftElsewhere:
            assert seen[window] != kept
        else:
            assert seen[window] == kept
            kept = seen[window] = drafted.text
            known[window] = base if step == "lost" and kept and base else version
