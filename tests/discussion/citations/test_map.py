"""The argument map, and quotations checked against a reading's text."""

import pytest
from sqlalchemy import select, update

from lti_app.core.errors import Forbidden, NotFound
from lti_app.discussion.citations.actions import check_again
from lti_app.discussion.citations.queries import POSTS_A_PASSAGE, get_citation_map, list_citing_discussions
from lti_app.discussion.posts.actions.edit import edit_post
from lti_app.discussion.posts.errors import PostFirst
from lti_app.discussion.posts.models import Post
from lti_app.discussion.posts.rules.written import PostContent
from lti_app.library.passages.actions import delete_text, store_text
from lti_app.library.passages.errors import TextTooShort
from lti_app.library.passages.models import ReadingShingle, ReadingText
from lti_app.library.passages.queries import get_reading_text
from lti_app.library.passages.rules import TextStorage, split_pages
from tests.factories.discussions import set_up
from tests.factories.posts import write
from tests.factories.readings import add_readings
from tests.statements import count_statements

TEXT = "[p. 103]\nLeadership is different from management.\n[p. 104]\nManagement is about coping with complexity."
QUOTE = "He says “management is about coping with complexity” [Kotter, p. {}]."


@pytest.fixture
def kotter(session, cast, clock):
    return add_readings(session, cast.ines, clock())


@pytest.fixture
def discussion(session, cast, clock, kotter):
    return set_up(session, cast.ines, clock(), reading_ids=kotter, required_ids=frozenset(kotter))


def quotes(session, post):
    kept = session.scalar(select(Post.quotes).where(Post.id == post.id))
    return [(each["reading"], each["page"]) for each in kept]


def test_passages_stand_in_the_order_of_the_reading_with_who_argues_from_them(session, cast, clock, discussion, kotter):
    write(session, cast.ana, discussion, text="See [Kotter, p. 110] and [Kotter].", now=clock())
    second = write(session, cast.ben, discussion, text="And [Kotter, pp. 103–4], [Kotter, p. 110].", now=clock())
    write(session, cast.ana, discussion, text="No, [Zaleznik, p. 70].", to=second, now=clock())
    shown = get_citation_map(session, cast.ben, discussion, kotter[0])
    assert [(each.place.page, [(post.address, post.author) for post in each.posts]) for each in shown.passages] == [
        ("", [("1", "Ana Brandt")]),
        ("103–4", [("2", "Ben Carter")]),
        ("110", [("2", "Ben Carter"), ("1", "Ana Brandt")]),
    ]
    assert shown.uncited == ("105–109", "111")
    assert [each.place.page for each in get_citation_map(session, cast.ines, discussion, kotter[1]).passages] == ["70"]


def test_many_posts_of_one_passage_are_counted_and_the_newest_shown(session, cast, clock, discussion, kotter):
    for number in range(POSTS_A_PASSAGE + 3):
        write(session, cast.ines, discussion, text=f"{number} [Kotter, p. 110].", now=clock())
    (passage,) = get_citation_map(session, cast.ines, discussion, kotter[0]).passages
    assert (passage.count, len(passage.posts), passage.more) == (POSTS_A_PASSAGE + 3, POSTS_A_PASSAGE, 3)
    (whole,) = get_citation_map(session, cast.ines, discussion, kotter[0], passage_id=passage.id).passages
    assert [post.address for post in whole.posts] == [str(number) for number in range(POSTS_A_PASSAGE + 3, 0, -1)]


def test_the_map_is_behind_the_gate_and_shows_only_what_exists(session, cast, clock, discussion, kotter):
    post = write(session, cast.ana, discussion, text="See [Kotter, p. 110].", now=clock())
    with pytest.raises(PostFirst):
        get_citation_map(session, cast.ben, discussion, kotter[0])
    write(session, cast.ben, discussion, now=clock())
    assert get_citation_map(session, cast.ben, discussion, kotter[0]).passages
    session.execute(update(Post).where(Post.id == post.id).values(held_at=clock()))
    assert not get_citation_map(session, cast.ben, discussion, kotter[0]).passages
    with pytest.raises(NotFound):
        get_citation_map(session, cast.ben, discussion, 999)


def test_where_a_reading_is_discussed(session, cast, clock, discussion, kotter):
    assert [each.id for each in list_citing_discussions(session, cast.ana, kotter[0], clock())] == [discussion.id]
    assert list_citing_discussions(session, cast.stranger, kotter[0], clock()) == []


@pytest.mark.parametrize("kept", TextStorage)
def test_a_quotation_is_marked_when_written_edited_and_when_the_text_comes_later(
    session, cast, clock, discussion, kept
):
    reading_id = discussion.readings[0].id
    early = write(session, cast.ana, discussion, text=QUOTE.format(1), now=clock())
    assert quotes(session, early) == []
    given = store_text(session, cast.ines, reading_id, split_pages(TEXT), stored_as=kept, now=clock())
    assert (given.pages, given.words, given.stored_as) == (2, 11, kept)
    assert bool(session.scalar(select(ReadingText.text))) is (kept is TextStorage.TEXT)
    assert check_again(session, cast.ines, reading_id) == 1
    assert quotes(session, early) == [("Kotter 1990", "104")]
    late = write(session, cast.ben, discussion, text=QUOTE.format(2), now=clock())
    assert quotes(session, late) == [("Kotter 1990", "104")]
    wrong = PostContent("“management is about coping with simple things” [Kotter, p. 2]")
    edit_post(session, cast.ben, discussion, late.id, wrong, version=1, now=clock())
    assert quotes(session, late) == [("Kotter 1990", "")]
    delete_text(session, cast.ines, reading_id)
    check_again(session, cast.ines, reading_id)
    assert quotes(session, late) == quotes(session, early) == []
    assert session.scalars(select(ReadingShingle)).all() == []


def test_only_texts_of_the_readings_of_the_discussion_are_looked_at(session, cast, clock, discussion, kotter):
    """Neither those of another discussion of the course, nor those of another course, though the words stand there."""
    foreign, _ = add_readings(session, cast.elsewhere, clock())
    for instructor, reading_id in ((cast.elsewhere, foreign), (cast.ines, kotter[0])):
        store_text(session, instructor, reading_id, split_pages(TEXT), stored_as=TextStorage.TEXT, now=clock())
    other = set_up(session, cast.ines, clock(), title="Week 2", reading_ids=kotter[1:], post_first=False)
    unassigned = write(session, cast.ana, other, text=QUOTE.format(1), now=clock())
    assigned = write(session, cast.ana, discussion, text=QUOTE.format(1), now=clock())
    assert check_again(session, cast.ines, kotter[0]) == 0
    assert quotes(session, unassigned) == []
    assert quotes(session, assigned) == [("Kotter 1990", "104")]


def test_a_text_is_given_by_instructors_and_has_enough_words(session, cast, clock, kotter):
    for actor, error in ((cast.ana, Forbidden), (cast.tariq, Forbidden), (cast.elsewhere, NotFound)):
        with pytest.raises(error):
            store_text(session, actor, kotter[0], split_pages(TEXT), stored_as=TextStorage.TEXT, now=clock())
    with pytest.raises(TextTooShort):
        store_text(
            session, cast.ines, kotter[0], split_pages("Too few words."), stored_as=TextStorage.TEXT, now=clock()
        )
    assert get_reading_text(session, cast.ines, kotter[0]).stored_as is None


def test_a_text_given_again_takes_the_place_of_the_first(session, cast, clock, kotter):
    for text in (TEXT, "[p. 9]\n" + TEXT.replace("complexity", "change")):
        store_text(session, cast.ines, kotter[0], split_pages(text), stored_as=TextStorage.TEXT, now=clock())
    assert len(session.scalars(select(ReadingText)).all()) == 1
    assert get_reading_text(session, cast.ines, kotter[0]).pages == 2


def test_so_many_statements_whatever_the_number_of_posts(session, cast, clock, discussion, database):
    for number in range(12):
        write(session, cast.ines, discussion, text=f"{number} [Kotter, p. {100 + number}].", now=clock())
    write(session, cast.ana, discussion, now=clock())
    session.commit()
    with count_statements(database.engine) as statements:
        get_citation_map(session, cast.ana, discussion, discussion.readings[0].id)
    assert len(statements) <= 4
