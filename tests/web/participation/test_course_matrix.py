"""GET …/participation: students by discussions over the term."""

from datetime import timedelta

import pytest

from lti_app.course.courses.actions import deactivate_others
from lti_app.discussion.discussions.actions.extensions import extend
from lti_app.discussion.discussions.rules import Anonymity, Calendar
from lti_app.grading.assessments.actions.bulk import excuse
from tests.cast import MONDAY
from tests.factories.discussions import PAID
from tests.factories.reviews import DUE, assign, plan_reviews
from tests.web.questions import costs, refused, refuses_no_visit
from tests.web.site import address


@pytest.fixture
def path(cast):
    return f"/courses/{cast.course_id}/participation"


@pytest.fixture
def term(site, cast, discussion):
    """A discussion that is open, and one before that is closed: Ana did all of both, Ben half of one, Chi nothing."""
    dates = Calendar(
        first_post_due=MONDAY + timedelta(1), replies_due=MONDAY + timedelta(2), closes_at=MONDAY + timedelta(4)
    )
    early = site.discussion(title="Week 2", calendar=dates, replies_wanted=0)
    for each in (discussion, early):
        site.write(cast.ana, each)
    site.write(cast.ben, early, "Too short.")
    ben = site.write(cast.ben, discussion)
    chi = site.write(cast.chi, discussion, "Word.")
    for to in (ben, chi):
        site.write(cast.ana, discussion, to=to)
    site.clock.move(days=3, minutes=-1)
    return early


def rows(page):
    return {row.one("th").text: [cell.text for cell in row.all("td")] for row in page.one("tbody").all("tr")}


def test_each_student_by_each_discussion(site, cast, discussion, term, path):
    for who in (cast.ines, cast.tariq):
        page = site.browser(who).get(path).page
        assert [head.text for head in page.one("thead").all("th")] == [
            "Student",
            "Week 2 by requirement Week 2",
            "Managers and leaders by requirement Managers and leaders",
            "Missing",
        ]
        assert rows(page) == {
            "Ana Brandt": ["✓ complete", "✓ complete", "0"],
            "Ben Carter": ["✗ missing", "○ in progress 1/2", "1"],
            "Chi Nguyen": ["✗ missing", "○ in progress 0/2", "1"],
        }
        assert [cell.text for cell in page.one("tfoot").all("td")] == ["1 of 3", "1 of 3", ""]


def test_cells_lead_to_the_posts_that_counted(site, cast, discussion, term, path):
    ana, ben, chi = site.browser(cast.ines).get(path).page.one("tbody").all("tr")
    assert [link.attrs["href"] for link in ben.all("a")] == [
        f"/courses/{cast.course_id}/people/{cast.ben.person_id}/grades",
        address(term, "grading", f"{cast.ben.person_id}#p2"),
        address(discussion, "grading", f"{cast.ben.person_id}#p2"),
    ]
    assert len(ana.all("a")) == 3
    assert len(chi.all("a")) == 2


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?sort=work", ["Ben Carter", "Chi Nguyen", "Ana Brandt"]),
        ("?sort=-work", ["Ana Brandt", "Ben Carter", "Chi Nguyen"]),
        ("?sort=name", ["Chi Nguyen", "Ben Carter", "Ana Brandt"]),
        ("?state=missing", ["Ben Carter", "Chi Nguyen"]),
        ("?state=complete&column=4711", ["Ana Brandt"]),
        ("?find=NGUY", ["Chi Nguyen"]),
    ],
)
def test_it_sorts_and_narrows(site, term, path, query, found):
    page = site.browser(site.cast.ines).get(path + query).page
    assert list(rows(page)) == found


def test_a_state_in_one_discussion_narrows_it(site, cast, discussion, term, path):
    browser = site.browser(cast.ines)
    assert list(rows(browser.get(f"{path}?state=missing&column={term.id}").page)) == ["Ben Carter", "Chi Nguyen"]
    assert "No student matches" in browser.get(f"{path}?state=missing&column={discussion.id}").text
    assert next(iter(rows(browser.get(f"{path}?sort=-{discussion.id}").page))) == "Ana Brandt"


def test_extensions_excuses_and_reviews_count_as_everywhere(site, cast, discussion, term, path):
    with site.database.writing() as session:
        later = {"dates": Calendar(first_post_due=MONDAY + timedelta(20)), "note": "", "now": site.clock()}
        extend(session, cast.ines, term, person_id=cast.ben.person_id, **later)
        excuse(session, cast.ines, term, [cast.chi.person_id], is_excused=True, now=site.clock())
    found = rows(site.browser(cast.ines).get(path).page)
    assert found["Ben Carter"][0] == "○ in progress"
    assert found["Chi Nguyen"][0] == "⊘ excused"
    assert found["Chi Nguyen"][-1] == "0"


def test_reviews_are_in_both_tables(site, cast, discussion, path):
    reviewed = site.discussion(title="Reviewed", reviews_counted="yes", replies_wanted=0)
    for who in cast.students:
        site.write(who, reviewed)
    with site.database.writing() as session:
        assign(session, cast.ines, plan_reviews(session, cast.ines, reviewed, due=DUE), now=site.clock())
    browser = site.browser(cast.ines)
    one = rows(browser.get(address(reviewed, "participation", "class")).page)["Ana Brandt"]
    assert len(one) == 3
    assert one[2].startswith("– nothing yet")
    assert rows(browser.get(path).page)["Ana Brandt"][1] == "○ in progress 1/2"
    own = site.browser(cast.ana).get(f"/courses/{cast.course_id}").text
    assert "Peer reviews" in own


def test_points_of_all_discussions_are_added_up(site, cast, discussion, path):
    browser = site.browser(cast.ines)
    assert "Points" not in browser.get(path).page.one("thead").text
    paid, later = site.discussion(title="Paid", **PAID), site.discussion(title="Paid, too", **PAID)
    for who, where in ((cast.ana, paid), (cast.ana, later), (cast.ben, later)):
        site.write(who, where)
    with site.database.writing() as session:
        excuse(session, cast.ines, paid, [cast.chi.person_id], is_excused=True, now=site.clock())
    page = browser.get(f"{path}?sort=-points").page
    assert page.one("thead").all("th")[-1].one("a").text == "Points"
    assert {name: cells[-1] for name, cells in rows(page).items()} == {
        "Ana Brandt": "4 of 10",
        "Ben Carter": "2 of 10",
        "Chi Nguyen": "0 of 5",
    }
    assert list(rows(page)) == ["Ana Brandt", "Ben Carter", "Chi Nguyen"]
    assert list(rows(browser.get(f"{path}?sort=points").page)) == ["Chi Nguyen", "Ben Carter", "Ana Brandt"]
    told = browser.client.get(f"{path}/export?kind=csv&find=ben", base_url="https://localhost").text.splitlines()
    assert told[0].endswith(",Points,Points possible")
    assert told[1].endswith(",2,10")


def test_a_blind_discussion_tells_nothing_of_named_students(site, cast, discussion, path):
    blind = site.discussion(title="Blind", anonymity=Anonymity.BLIND)
    site.write(cast.ana, blind)
    browser = site.browser(cast.ines)
    page = browser.get(path).page
    assert {cells[1] for cells in rows(page).values()} == {"names hidden"}
    assert "Where names are hidden" in page.text
    told = browser.client.get(f"{path}/export?kind=csv", base_url="https://localhost").text
    assert told.count("names hidden") == 3


def test_only_staff_see_it(site, cast, discussion, path):
    for who in (cast.ana, cast.olga):
        for each in (path, f"{path}/export?kind=xlsx"):
            refused(site.browser(who).get(each), 403)
    refused(site.browser(cast.ines).get(f"{path}/export?kind=pdf"), 404)
    refuses_no_visit(site, path)


def test_there_may_be_nothing_yet(site, cast, path):
    answer = site.browser(cast.ines).get(path)
    assert "No discussion has opened yet." in answer.text
    assert "add the activity to your course page" in answer.text
    assert answer.page.one("p", class_="empty").one("a").attrs["href"] == f"/courses/{cast.course_id}"
    site.discussion(calendar=Calendar(opens_at=MONDAY + timedelta(1)))
    assert "No discussion has opened yet." in site.browser(cast.ines).get(path).text


def test_there_may_be_no_students(site, cast, foreign):
    site.remove(cast.stranger)
    with site.database.writing() as session:
        deactivate_others(session, foreign.course_id, {cast.elsewhere.person_id}, site.clock() + timedelta(days=1))
    path = f"/courses/{foreign.course_id}/participation"
    assert "There are no students here yet." in site.browser(cast.elsewhere).get(path).text


def test_the_file_has_what_the_page_has(site, cast, discussion, term, path):
    answer = site.browser(cast.ines).client.get(f"{path}/export?kind=csv&find=ben", base_url="https://localhost")
    head, ben = answer.text.removeprefix("\ufeff").splitlines()
    assert head.startswith("Student,Week 2,Week 2: requirements met,Week 2: requirements,Managers and leaders")
    assert ben == "Ben Carter,missing,0,1,in progress,1,2"


def test_statements_do_not_grow_with_the_term(site, cast, discussion, term, path):
    browser = site.browser(cast.ines)
    few = costs(site, lambda: browser.get(path))
    for title in ("Week 4", "Week 5", "Week 6"):
        further = site.discussion(title=title)
        for who in cast.students:
            site.write(who, further, f"A thought on {title} by {who.name}.")
    assert costs(site, lambda: browser.get(path)) == few <= 8
