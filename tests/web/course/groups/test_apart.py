"""Where groups discuss apart, nothing tells a student what another group writes: not one address of the application."""

import re

import pytest

from lti_app.course.groups.actions import make_group, place_students
from lti_app.discussion.discussions.actions.settings import save_settings
from lti_app.discussion.discussions.queries.discussion import get_discussion
from lti_app.discussion.discussions.rules import StanceQuestion, Structure
from lti_app.discussion.posts.actions.create import create_post
from lti_app.discussion.posts.rules.written import PostContent
from tests.factories.discussions import plan
from tests.web.discussion.discussions.test_names_hidden import addresses
from tests.web.questions import refused
from tests.web.site import address

OURS, THEIRS = "ourmarker", "theirmarker"
QUESTION = StanceQuestion("Are they different people?", "the same thing", "different kinds")


@pytest.fixture
def readings(site):
    return site.readings()


@pytest.fixture
def groups(site, cast):
    """Ana in the first, Ben and Chi in the second."""
    with site.database.writing() as session:
        one, two = make_group(session, cast.ines, "One"), make_group(session, cast.ines, "Two")
        members = {cast.ana.person_id: one, cast.ben.person_id: two, cast.chi.person_id: two}
        place_students(session, cast.ines, members)
    return one, two


@pytest.fixture
def apart(site, cast, groups, readings):
    """What each group writes, about one page of a reading: answered, edited, split off and liked."""
    made = site.discussion(
        structure=Structure.GROUPS, post_first=False, reading_ids=readings, required_ids=frozenset(), stance=QUESTION
    )

    def start(author, group, text):
        with site.database.writing() as session:
            written = PostContent(f"{text} [Kotter, p. 104]", group_id=group)
            return create_post(session, author, made, written, parent_id=None, now=site.clock()).id

    start(cast.ana, groups[0], OURS)
    theirs = start(cast.ben, groups[1], THEIRS)
    start(cast.ines, groups[1], f"By an instructor: {THEIRS}.")
    start(cast.ines, None, "For everybody to read.")
    reply(site, cast.chi, made, theirs, f"I doubt it: {THEIRS}.")
    edit = address(made, "posts", theirs, "edit")
    text = f"On second thought: {THEIRS} [Kotter, p. 110]"
    assert site.browser(cast.ben).post_form(edit, edit, text=text).status == 303
    return made


def reply(site, author, discussion, parent_id, text):
    with site.database.writing() as session:
        create_post(session, author, discussion, PostContent(text), parent_id=parent_id, now=site.clock())


def places(site, cast, discussion, readings):
    yield from addresses(site, cast, discussion, unseen={"static"}, reading_id=readings, passage_id=range(1, 5))
    here, course = address(discussion), f"/courses/{discussion.course_id}"
    for query in (THEIRS, OURS, "second", '"on second thought"'):
        yield "search.show", f"{course}/search?q={query}"
    for group in (1, 2, 3):
        yield "discussions.show", f"{here}?group={group}"
        yield "exchange.export_file", f"{here}/export/file?scope=readable&kind=html&group={group}"
    yield "threads.new_posts", f"{here}/thread/news?since=0"


def told(site, reader, discussion, readings, words):
    """The addresses that tell this reader such a word, and how many were opened."""
    browser, found, opened = site.browser(reader), set(), 0
    for endpoint, path in places(site, site.cast, discussion, readings):
        answer = browser.client.get(path, base_url="https://localhost")
        assert answer.status_code < 500, path
        opened += answer.status_code == 200
        shown = answer.get_data().decode("utf-8", "replace").replace(path.partition("q=")[2] or "\0", "")
        if re.search(words, shown):
            found.add(endpoint)
    return found, opened


def test_nothing_of_another_group_is_told_anywhere(site, cast, apart, readings):
    found, opened = told(site, cast.ana, apart, readings, THEIRS)
    assert found == set()
    assert opened > 30


def test_the_same_walk_finds_what_is_ones_own(site, cast, apart, readings):
    """So that the test above can fail."""
    found, _opened = told(site, cast.ben, apart, readings, THEIRS)
    assert {"discussions.show", "search.show", "search.person", "exchange.export_file"} <= found
    assert any(endpoint.startswith("citations.") for endpoint in found)
    assert any(endpoint.startswith("threads.") for endpoint in found)


def test_counts_and_news_are_of_ones_own_group(site, cast, apart):
    ana, ben = site.browser(cast.ana), site.browser(cast.ben)
    assert "2 first posts, 0 replies, 2 participants" in ana.get(address(apart)).text
    assert "3 first posts, 1 reply, 3 participants" in ben.get(address(apart)).text
    news = "thread/news?since=0"
    assert '"count":1,' in ana.get(address(apart, news)).html.replace(" ", "")
    assert '"count":3,' in ben.get(address(apart, news)).html.replace(" ", "")
    assert "/discussions/" in ana.get(address(apart, "thread/next/unread")).location
    assert "at=2" not in ana.get(address(apart, "thread/next/unread")).location


def test_pages_that_only_another_group_cites_are_cited_by_nobody(site, cast, apart, readings):
    def cited(actor):
        shown = site.browser(actor).get(f"{address(apart)}/citations/{readings[0]}")
        assert shown.status == 200
        return re.findall(r"p\. (1\d\d)\b", shown.page.one("main").text)

    assert "110" in cited(cast.ben)
    assert "104" in cited(cast.ana)
    assert "110" not in cited(cast.ana)


def test_their_posts_do_not_exist_for_others(site, cast, apart):
    browser = site.browser(cast.ana)
    for page in ("reply", "edit", "delete", "revisions"):
        refused(browser.get(address(apart, "posts", 2, page)), 404)
    refused(browser.get(address(apart, "moderation", "posts", 2, "report")), 404)
    refused(browser.post(address(apart, "posts"), parent_id="2", text="Let me in."), 404, "Let me in.")


def test_nobody_is_moved_by_what_they_cannot_read(site, cast, apart):
    browser, path = site.browser(cast.ana), address(apart, "poll")
    browser.post(path, value="2")
    answer = browser.post(path, value="5", again="1", moved="2")
    assert answer.status == 422
    assert browser.post(path, value="5", again="1", moved="4").status == 303


def test_whoever_moves_to_another_group_writes_for_it_only_knowingly(site, cast, apart, groups):
    """The page said for whom; where that has changed, the post comes back with its text."""
    browser, page, posts = site.browser(cast.ana), address(apart), address(apart, "posts")
    form = browser.form(posts, page)
    (group,) = (field.attrs["value"] for field in form.all("input") if field.attrs.get("name") == "group")
    with site.database.writing() as session:
        place_students(session, cast.ines, {cast.ana.person_id: groups[1]})
    answer = browser.post(posts, text="Meant for the first group.", group=group)
    assert answer.status == 422
    assert "Meant for the first group." in answer.kept
    assert "For your group, Two" in answer.text
    assert browser.post(posts, text="Meant for the second.", group=f"{groups[1]}").status == 303


def test_staff_take_out_what_each_group_sees(site, cast, apart, groups):
    browser, path = site.browser(cast.tariq), address(apart, "export")
    files = f"{path}/file?scope=public&kind=csv"
    for_all, one, two = (browser.get(f"{files}{more}").html for more in ("", *(f"&group={id_}" for id_ in groups)))
    for file in (for_all, one, two):
        assert "For everybody to read." in file
    assert [OURS in file for file in (for_all, one, two)] == [False, True, False]
    assert [THEIRS in file for file in (for_all, one, two)] == [False, False, True]
    assert "View of group One" in browser.get(path).text


def test_staff_keep_to_the_group_they_read(site, cast, apart, groups):
    browser = site.browser(cast.ines)
    page = f"{address(apart)}?group={groups[0]}"
    sort = f"{address(apart)}/thread/sort?group={groups[0]}"
    answer = browser.post_form(sort, page, sort="newest")
    assert f"group={groups[0]}" in answer.location
    seen = f"{address(apart)}/thread/seen?group={groups[0]}"
    assert browser.post_form(seen, page).status == 303
    assert "No new posts" in browser.get(page).text
    assert "2 new posts" in browser.get(address(apart)).text  # Ben's and Chi's are as new as before


def test_the_whole_class_reads_all_once_the_instructor_opens_it(site, cast, apart, readings):
    warning = "the whole class can read all of these posts"
    assert warning in site.browser(cast.ines).get(address(apart, "settings")).text
    with site.database.writing() as session:
        whole = plan(structure=Structure.WHOLE_CLASS, post_first=False, reading_ids=readings)
        version = get_discussion(session, cast.ines, apart.id, now=site.clock()).version
        save_settings(session, cast.ines, apart.id, settings=whole, version=version, now=site.clock())
    browser = site.browser(cast.ana)
    assert THEIRS in browser.get(address(apart)).text
    assert THEIRS in browser.get(f"/courses/{cast.course_id}/search?q=second").text
    assert warning not in site.browser(cast.ines).get(address(apart, "settings")).text
