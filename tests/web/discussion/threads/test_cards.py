"""Posts that were rendered for somebody else look to each reader as if they had been rendered for them alone."""

import re
from itertools import cycle

import pytest
from sqlalchemy import update

from lti_app.course.people.models import Person
from lti_app.discussion.posts.actions.edit import edit_post
from lti_app.discussion.posts.models import Post
from lti_app.discussion.posts.rules.written import PostContent
from lti_app.library.readings.models import Reading
from lti_app.web.discussion.card_patterns import CardText, pattern_of
from lti_app.web.discussion.cards import MARK, SHELF, CardShelf
from tests.discussion.visibility.looks import READING
from tests.discussion.visibility.world import VIEWERS, build

LANGUAGES = ("de", "en")
ZONES = ("Asia/Tokyo", "America/New_York", "Europe/London")
POSTS = re.compile(r'<div class="posts">.*', re.DOTALL)


class NothingKept(CardShelf):
    def find(self, key, row):
        return None

    def keep(self, key, row, parts):
        assert len(parts) == 8


def no_patterns(patch):
    patch.setattr(CardText, "likeness", None)


def forget_cards(site, shelf):
    """All but what cards have in common."""
    site.app.extensions[SHELF] = forgetful = CardShelf()
    forgetful.patterns = shelf.patterns


@pytest.fixture
def shelf(app):
    """The application's, empty before and after the test."""
    kept = app.extensions[SHELF] = CardShelf()
    yield kept
    app.extensions[SHELF] = CardShelf()


def posts_on(client, url, language):
    answer = client.get(url, headers={"Accept-Language": language})
    assert answer.status_code == 200
    assert MARK not in answer.text
    return POSTS.search(answer.text)[0].partition('<div class="further">')[0]


def in_zone(site, actor, zone):
    browser = site.browser(actor)
    with site.database.writing() as session:
        session.execute(update(Person).where(Person.id == actor.person_id).values(time_zone=zone))
    return browser


@pytest.fixture
def world(site):
    with site.database.writing() as session:
        return build(session, site.cast, site.clock)


@pytest.mark.parametrize("is_plain", [False, True])
def test_every_card_is_the_same_as_one_rendered_for_its_reader(site, shelf, world, monkeypatch, is_plain):
    if is_plain:  # most of them have a pattern then
        with site.database.writing() as session:
            session.execute(update(Post).values(attachments=[], quotes=[]))
    people = zip(VIEWERS, cycle(ZONES), cycle(LANGUAGES))
    readers = {
        viewer.person: (in_zone(site, world.actor(viewer), zone).client, language) for viewer, zone, language in people
    }

    def look():
        course = f"/courses/{site.cast.ines.course_id}/discussions"
        for viewer, place in READING:
            client, language = readers[viewer.person]
            shown = posts_on(client, f"{course}/{world.discussions[place]}/thread/more?at=1", language)
            yield (viewer, place), shown

    site.app.extensions[SHELF] = NothingKept()
    with monkeypatch.context() as patch:
        no_patterns(patch)
        alone = dict(look())
    site.app.extensions[SHELF] = shelf
    for _ in range(2):
        for whose, shown in look():
            assert shown == alone[whose], whose
    assert len(list(shelf)) > 200
    found = shelf.patterns.taken
    assert (20 < found < len(list(shelf))) if is_plain else not found
    forget_cards(site, shelf)
    for whose, shown in look():
        assert shown == alone[whose], whose
    assert shelf.patterns.taken == found


def test_what_is_written_on_a_card_is_only_written(site, shelf, discussion, monkeypatch):
    ana, ben, chi = site.cast.students[:3]
    odd = "Ben <b>%(html)s</b> & \x1eauthor\x1e 100 %"
    with site.database.writing() as session:
        session.execute(update(Person).where(Person.id == ben.person_id).values(name=odd))
        session.execute(update(Reading).values(reference_html="<i>\x1e %s</i>"))
    first = site.write(ana, discussion, "Fine & <dandy>, 100 %")
    for text in ("%(author)s <script> %%", "\x1ehtml\x1e \x1f", "Plain words"):
        site.write(ben, discussion, text)
        site.write(ben, discussion, text, to=first)
    site.write(chi, discussion)
    url = f"/courses/{ana.course_id}/discussions/{discussion.id}/thread/more?at=1"
    client = site.browser(chi).client
    shown = [posts_on(client, url, "en")]
    forget_cards(site, shelf)
    shown.append(posts_on(client, url, "en"))
    with monkeypatch.context() as patch:
        no_patterns(patch)
        site.app.extensions[SHELF] = NothingKept()
        assert shown == [posts_on(client, url, "en")] * 2
    assert shelf.patterns.taken


def test_a_text_that_looks_like_a_place_makes_no_pattern():
    assert pattern_of("100 % of \x1eauthor\x1e") == "100 %% of %(author)s"
    assert pattern_of("\x1enobody\x1e") is None
    assert pattern_of("\x1eauthor") is None


def test_a_card_is_for_all_who_see_it_alike_until_its_post_changes(site, shelf, discussion):
    ana, ben, chi = site.cast.students[:3]
    post = site.write(ana, discussion, "First words")
    for student in (ben, chi):
        site.write(student, discussion)
    url = f"/courses/{ana.course_id}/discussions/{discussion.id}"
    posts_on(site.browser(ben).client, url, "en")
    kept = set(shelf)
    posts_on(site.browser(chi).client, url, "en")
    assert [key[1] for key in set(shelf) - kept] != [post.id]
    assert sum(key[1] == post.id for key in shelf) == 1
    with site.database.writing() as session:
        edit_post(session, ana, discussion, post.id, PostContent("Other words"), version=1, now=site.clock())
    assert "Other words" in posts_on(site.browser(chi).client, url, "en")
    assert sum(key[1] == post.id for key in shelf) == 1


def test_a_shelf_is_bounded_and_keeps_what_is_asked_for():
    shelf = CardShelf(most=10)
    shelf.keep("often", 1, ("a",))
    for number in range(100):
        shelf.keep(number, 1, ("b",))
        assert shelf.find("often", 1) == ("a",)
    assert len(list(shelf)) <= 20
    assert shelf.find(0, 1) is None
    assert shelf.find("often", 2) is None
