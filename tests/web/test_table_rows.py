"""Rows that were rendered for an earlier page look as if they had been rendered for this one alone."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import update

from lti_app.core.made_once import MadeOnce
from lti_app.core.recent import RecentlyUsed
from lti_app.course.courses.actions import record_listed_roles
from lti_app.course.courses.rules import Role
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.actions.pseudonyms import reveal_names
from lti_app.discussion.discussions.rules import Anonymity
from lti_app.grading.assessments.actions.bulk import excuse
from lti_app.grading.assessments.actions.holding import hold_back
from lti_app.grading.graders.actions.assigning import assign_grader
from lti_app.web.table_rows import MARK, SHELF, new_shelf, table_rows
from tests.cast import arrive
from tests.factories.discussions import WEEK
from tests.web.site import address

BODY = re.compile(r"<tbody>.*</tbody>", re.DOTALL)
PAGES = (
    ("participation", "class"),
    ("participation", "class?state=undone"),
    ("grading",),
    ("grading?sort=posts",),
    ("grading?tick=all",),
)


class NothingKept(RecentlyUsed):
    def get(self, key):
        return None

    def put(self, key, value, size):
        assert len(value) == size


made_once = MadeOnce.of


def made_anew(self, key, basis, make, *, size):
    return make()


@pytest.fixture
def shelf(app):
    """The application's, empty before and after the test."""
    kept = app.extensions[SHELF] = new_shelf()
    yield kept
    app.extensions[SHELF] = new_shelf()


@pytest.fixture
def look(site, cast, shelf, monkeypatch):
    """What every reader sees of a table, which is compared with what they see of rows rendered for them alone."""
    with site.database.writing() as session:
        zone = update(Person).where(Person.id == cast.tariq.person_id).values(time_zone="Asia/Tokyo")
        session.execute(zone)
    readers = ((cast.ines, "en"), (cast.ines, "de"), (cast.tariq, "en"))

    def seen(addresses, kept):
        site.app.extensions[SHELF] = kept
        monkeypatch.setattr(MadeOnce, "of", made_anew if isinstance(kept, NothingKept) else made_once)
        found = {}
        for who, spoken in readers:
            client = site.browser(who).client
            for page in addresses:
                answer = client.get(page, headers={"Accept-Language": spoken})
                assert answer.status_code == 200
                assert MARK not in answer.text
                body = BODY.search(answer.text)
                found[who.person_id, spoken, page] = body[0] if body else ""
        return found

    def compared(discussion, *others):
        addresses = [*(address(discussion, *page) for page in PAGES), *others]
        alone = seen(addresses, NothingKept(0))
        for _ in range(2):
            assert seen(addresses, shelf) == alone
        return alone

    return compared


def test_whatever_changes_the_rows_are_those_of_now(site, cast, discussion, shelf, look):
    term = f"/courses/{cast.course_id}/participation"
    seen = [look(discussion, term)]

    def changed(work):
        work()
        seen.append(look(discussion, term))
        assert seen[-1] != seen[-2]

    def act(action, **values):
        with site.database.writing() as session:
            action(session, cast.ines, discussion, [cast.ana.person_id], **values, now=site.clock())

    def rename():
        with site.database.writing() as session:
            session.execute(update(Person).where(Person.id == cast.ben.person_id).values(name="Ben <b>&amp;</b>"))

    def join():
        with site.database.writing() as session:
            lena = arrive(session, cast.course_id, "Lena Late", Role.STUDENT, now=site.clock())
            roles = {each.person_id: Role.STUDENT for each in (*cast.students, lena)}
            record_listed_roles(session, cast.course_id, roles)

    def pass_by(moment):
        site.clock.now = moment + timedelta(seconds=1)

    def assign():
        with site.database.writing() as session:
            pair = {"grader_id": cast.tariq.person_id, "person_id": cast.ben.person_id}
            assign_grader(session, cast.ines, discussion, **pair)

    changed(lambda: site.write(cast.ana, discussion))
    changed(lambda: site.mark(discussion, cast.ana))
    changed(lambda: site.release(discussion, cast.ana))
    changed(site.lms_answers)
    changed(lambda: site.mark(discussion, cast.ana, version=1, lowest=True))
    changed(lambda: act(hold_back, is_held=True))
    changed(lambda: site.write(cast.ben, discussion))
    changed(rename)
    changed(lambda: act(excuse, is_excused=True))
    changed(lambda: pass_by(WEEK.first_post_due))
    changed(join)
    changed(lambda: site.remove(cast.chi))
    changed(assign)
    assert shelf.taken > 0


def test_the_list_beside_the_desk_is_that_of_now(site, cast, discussion, shelf):
    pages = [address(discussion, "grading", who.person_id) for who in cast.students[:2]]

    def beside():
        shown = []
        for kept in (NothingKept(0), shelf, shelf):
            site.app.extensions[SHELF] = kept
            browser = site.browser(cast.ines)
            shown.append([browser.get(page).page.one("nav", class_="students").one("ol").text for page in pages])
            current = [browser.get(page).page.one("ol").one("a", **{"aria-current": "page"}).text for page in pages]
            assert [text.split()[0] for text in current] == ["Ana", "Ben"]
        assert shown[0] == shown[1] == shown[2]
        return shown[0]

    seen = [beside()]
    for work in (
        lambda: site.write(cast.chi, discussion),
        lambda: site.mark(discussion, cast.ana),
        lambda: site.release(discussion, cast.ana),
        lambda: site.lms_answers(refusal="locked"),
        lambda: site.remove(cast.chi),
    ):
        work()
        seen.append(beside())
        assert seen[-1] != seen[-2]


def test_names_that_are_hidden_are_in_no_row(site, cast, shelf, look):
    blind = site.discussion(anonymity=Anonymity.BLIND)
    site.write(cast.ana, blind)
    hidden = look(blind)
    assert not any(who.name in text for text in hidden.values() for who in cast.students)
    with site.database.writing() as session:
        reveal_names(session, cast.ines, blind, now=site.clock())
    assert all(cast.ana.name in text for text in look(blind).values())


@pytest.fixture
def rendered(app, shelf):
    """The rows of a table of names, and the people whose rows were rendered for it."""
    with app.test_request_context():

        def render(shown, *table):
            made = []

            def rows(people):
                made.extend(people)
                return "".join(f"{shown[each]};{MARK}" for each in people)

            return table_rows(table, shown, rows), made

        yield render


def test_only_what_has_changed_is_rendered_again(rendered):
    assert rendered({1: "a", 2: "b"}, "names") == ("a;b;", [1, 2])
    assert rendered({2: "b", 3: "c", 1: "x"}, "names") == ("b;c;x;", [3, 1])
    assert rendered({1: "x"}, "names") == ("x;", [])
    assert rendered({1: "x"}, "other names") == ("x;", [1])
    assert rendered({}, "names") == ("", [])


def test_a_table_with_the_mark_in_a_name_is_shown_and_not_kept(rendered, shelf):
    odd = {1: f"a{MARK}", 2: "b"}
    for _ in range(2):
        assert rendered(odd, "names") == ("a;b;", [1, 2, 1, 2])
    assert shelf.taken == 0


def test_no_more_is_kept_than_fits(app, rendered):
    app.extensions[SHELF] = new_shelf(3)
    for nth in range(5):
        rendered({1: "a", 2: "b"}, nth)
        assert app.extensions[SHELF].taken == 2
