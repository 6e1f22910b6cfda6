"""Pictures of one discussion and of the course: what stands in their tables, whose names, and what they cost."""

import csv
import io
import json

import pytest

from lti_app.course.people.models import Person
from lti_app.discussion.discussions.queries.discussion import get_discussion
from lti_app.discussion.discussions.rules import Anonymity, StanceQuestion
from lti_app.discussion.stances.actions import answer_stance
from tests.web.questions import costs, refused, refuses_methods, refuses_no_visit
from tests.web.site import address

QUESTION = StanceQuestion("Are they different people?", "the same thing", "different kinds of people")


@pytest.fixture
def course_path(cast):
    return f"/courses/{cast.course_id}/participation/activity"


@pytest.fixture
def busy(site, cast):
    """Ana and Ben answer one another, Chi writes alone; both readings are assigned, one page is cited."""

    def make(**changes):
        readings = site.readings()
        made = site.discussion(
            post_first=False, reading_ids=readings, required_ids=frozenset(readings), stance=QUESTION, **changes
        )
        first = site.write(cast.ana, made, "As [Kotter, p. 104] says, it differs.")
        site.clock.move(days=1)
        reply = site.write(cast.ben, made, to=first)
        site.write(cast.ana, made, to=reply)
        site.write(cast.chi, made)
        site.write(cast.ines, made, to=first)
        with site.database.writing() as session:
            mine = get_discussion(session, cast.ana, made.id, now=site.clock())
            answer_stance(session, cast.ana, mine, 3, again=False, now=site.clock())
        return made

    return make


def figure(answer, kind, nth=0):
    return [each for each in answer.page.all("figure") if each.attrs["data-picture"] == kind][nth]


def lines(found):
    return [[cell.text for cell in row.all("th", "td")] for row in found.one("tbody").all("tr")]


def test_every_picture_has_its_table_and_its_words(site, cast, busy):
    path = address(busy(), "activity")
    answer = site.browser(cast.ines).get(path)
    for each in answer.page.all("figure"):
        assert each.one("figcaption").text
        assert each.one("details").one("table").all("th", scope="col")
        assert each.one("div", class_="drawing").attrs.get("hidden") is not None
    assert lines(figure(answer, "timeline")) == [
        ["Mar 2, 2026", "1", "0", "0", ""],
        ["Mar 3, 2026", "1", "2", "1", ""],
        ["Mar 5, 2026", "0", "0", "0", "first post due"],
        ["Mar 8, 2026", "0", "0", "0", "replies due"],
    ]
    assert [row[:4] for row in lines(figure(answer, "network"))] == [
        ["Ana Brandt", "replies both ways", "1", "1"],
        ["Ben Carter", "replies both ways", "1", "1"],
        ["Chi Nguyen", "no replies with classmates", "0", "0"],
    ]
    assert lines(figure(answer, "heat"))[0][0] == "Mon"
    assert lines(figure(answer, "heat"))[0][11] == "1"  # ten in Berlin
    assert lines(figure(answer, "bars"))[0][:2] == ["Kotter 1990", "1"]
    assert lines(figure(answer, "bars", 1)) == [["Kotter 1990, p. 104", "1"]]
    assert lines(figure(answer, "groups"))[2] == ["3", "1", "0"]
    assert lines(figure(answer, "groups", 1))[0] == ["0", "1", "1"]


PICTURES = {
    "posts": ("timeline", 0),
    "network": ("network", 0),
    "hours": ("heat", 0),
    "readings": ("bars", 0),
    "passages": ("bars", 1),
    "positions": ("groups", 0),
    "spread": ("groups", 1),
}


def table_of(browser, path):
    """The rows of a CSV file, without its head."""
    answer = browser.get(path)
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["Content-Disposition"]
    return list(csv.reader(io.StringIO(answer.body.decode("utf-8-sig"))))[1:]


@pytest.mark.parametrize("table", PICTURES)
def test_each_table_can_be_saved(site, cast, busy, course_path, table):
    made, browser = busy(), site.browser(cast.ines)
    for path in (address(made, "activity"), course_path):
        page = browser.get(path)
        shown = lines(figure(page, *PICTURES[table]))
        saved = table_of(browser, f"{path}/{table}?kind=csv")
        assert len(saved) == len(shown) > 0
        assert [row[-1] for row in saved if row[-1].isdigit()] == [row[-1] for row in shown if row[-1].isdigit()]
        links = [each.attrs["href"] for each in figure(page, *PICTURES[table]).all("a")]
        assert {f"{path}/{table}?kind=csv", f"{path}/{table}?kind=xlsx"} <= {link.partition("&")[0] for link in links}
        assert browser.get(f"{path}/{table}?kind=xlsx").body.startswith(b"PK")
        refused(browser.get(f"{path}/{table}?kind=pdf"), 404)
        refused(site.browser(cast.ana).get(f"{path}/{table}"), 403)


def test_saved_tables_keep_names_hidden(site, cast, busy, course_path):
    made, browser = busy(anonymity=Anonymity.BLIND), site.browser(cast.ines)
    saved = repr(table_of(browser, f"{address(made, 'activity')}/network"))
    assert not [name for name in ("Ana", "Ben", "Chi", "Brandt", "Carter", "Nguyen") if name in saved]
    assert {row[2] for row in table_of(browser, f"{course_path}/network")} == {"0"}  # of named discussions alone


def test_the_course_shows_all_its_discussions(site, cast, busy, course_path):
    busy()
    busy(title="Week 2")
    answer = site.browser(cast.tariq).get(course_path)
    assert "10 posts" in answer.text
    assert lines(figure(answer, "network"))[0][2] == "2"
    assert "Week 2" in answer.page.one("details", class_="which").text


def test_the_network_until_a_day(site, cast, busy):
    path = address(busy(), "activity")
    browser = site.browser(cast.ines)
    data = json.loads(figure(browser.get(path), "network").attrs["data-network"])
    assert [stop["date"] for stop in data["stops"]] == ["2026-03-03"]
    assert data["links"] == [[1, 0, [0]], [0, 1, [0]]]
    for until in ("2026-03-02", "2026-99-99", "x", "2030-01-01", "0001-01-01"):
        assert browser.get(f"{path}?until={until}").status == 200
    early = browser.get(f"{path}?until=2026-03-02")
    assert {row[1] for row in lines(figure(early, "network"))} == {"no replies with classmates"}


def test_nothing_yet(site, cast, discussion, course_path):
    for path in (course_path, address(discussion, "activity")):
        answer = site.browser(cast.ines).get(path)
        assert "Nobody has posted yet" in answer.text
        assert not answer.page.all("figure")


def test_names_stay_hidden_in_one_discussion_and_are_left_out_of_the_course(site, cast, busy, course_path):
    made, browser = busy(anonymity=Anonymity.BLIND), site.browser(cast.ines)
    answer = browser.get(address(made, "activity"))
    names = [row[0] for row in lines(figure(answer, "network"))]
    assert len(set(names)) == 3
    assert names == sorted(names)
    assert not [name for name in ("Ana", "Ben", "Chi", "Brandt", "Carter", "Nguyen") if name in answer.text]
    course = browser.get(course_path)
    assert "1 discussion with hidden names is left out here" in course.text
    assert "No student has replied to a classmate yet" in course.text


def test_what_the_class_does_not_see_is_not_counted(site, cast, busy):
    made = busy()
    browser, path = site.browser(cast.ines), address(made, "activity")
    assert "5 posts" in browser.get(path).text
    post = site.write(cast.ben, made, "A thought that I regret.")
    assert "6 posts" in browser.get(path).text
    here = address(made, "posts", post.id, "delete")
    site.browser(cast.ben).post_form(here, here)
    assert "5 posts" in browser.get(path).text


def test_staff_alone(site, cast, busy, course_path):
    path = address(busy(), "activity")
    for place in (course_path, path):
        refuses_no_visit(site, place)
        refuses_methods(site, cast.ines, place, "POST", "DELETE")
        for actor in (cast.ana, cast.olga):
            refused(site.browser(actor).get(place), 403)


def test_the_number_of_statements_is_fixed(site, cast, busy, course_path):
    made, browser = busy(), site.browser(cast.ines)
    few = [costs(site, lambda path=path: browser.get(path)) for path in (course_path, address(made, "activity"))]
    for _ in range(3):
        busy()
    browser = site.browser(cast.ines)
    assert [
        costs(site, lambda path=path: browser.get(path)) for path in (course_path, address(made, "activity"))
    ] == few
    assert max(few) <= 10


@pytest.fixture
def contact_path(cast):
    return f"/courses/{cast.course_id}/participation/contact"


def test_contact_by_replies_and_marks(site, cast, busy, contact_path):
    made = busy()
    site.mark(made, cast.ben)  # by Tariq
    answer = site.browser(cast.ines).get(contact_path)
    by_name = {row[0].split(" no contact")[0]: row[1:] for row in lines(answer.page.one("main"))}
    assert (by_name["Ana Brandt"][0] != "never", by_name["Ana Brandt"][1:]) == (True, ["never", "never"])
    assert by_name["Ben Carter"][2] != "never"
    assert by_name["Chi Nguyen"] == ["never", "never", "never"]
    tariq = site.browser(cast.tariq).get(contact_path)
    assert "0 of 3 students" in tariq.text


def test_never_answered_in_three_weeks(site, cast, busy, contact_path):
    busy()
    site.clock.move(weeks=3, hours=-1)
    browser = site.browser(cast.ines)
    assert "2 of 3 students have had no reply, marks or comment from you in 3 weeks" in browser.get(contact_path).text
    due = browser.get(f"{contact_path}?show=due&weeks=2")
    assert len(due.page.one("tbody").all("tr")) == 3
    assert "in 3 weeks" in browser.get(f"{contact_path}?weeks=99999").text


def test_contact_as_csv_is_safe_for_spreadsheets(site, cast, busy, contact_path):
    busy()
    with site.database.writing() as session:
        session.get(Person, cast.chi.person_id).name = "=HYPERLINK(0)"
    answer = site.browser(cast.ines).get(f"{contact_path}/file?weeks=2")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["Content-Disposition"]
    rows = answer.body.decode("utf-8-sig").splitlines()
    assert len(rows) == 4
    assert any(row.startswith("'=HYPERLINK") for row in rows)


def test_contact_leaves_out_discussions_with_hidden_names(site, cast, busy, contact_path):
    made = busy(anonymity=Anonymity.BLIND)
    site.mark(made, cast.ana)
    page = site.browser(cast.ines).get(contact_path)
    assert "1 discussion with hidden names is left out" in page.text
    assert {cell for row in lines(page.page.one("main")) for cell in row[1:]} == {"never"}
