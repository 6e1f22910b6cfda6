"""GET and POST …/participation/what-if: who would gain and lose by another rule."""

import pytest

from lti_app.discussion.discussions.queries.discussion import get_discussion
from lti_app.discussion.discussions.rules import Anonymity
from lti_app.participation.requirements.registry import to_values
from lti_app.participation.versions.queries import list_versions
from tests.web.page import values_of
from tests.web.questions import costs, refused, refuses_no_visit, refuses_unsafe_posts


@pytest.fixture
def path(cast):
    return f"/courses/{cast.course_id}/participation/what-if"


@pytest.fixture
def lived(site, cast, discussion):
    """Ana is complete with 7 words; Ben has 2 words."""
    ana = site.write(cast.ana, discussion)
    ben = site.write(cast.ben, discussion, "Too short.")
    chi = site.write(cast.chi, discussion, "One two three four five six.")
    for to in (ben, chi):
        site.write(cast.ana, discussion, to=to)
    return ana


def asked(site, discussion):
    with site.read() as session:
        return to_values(get_discussion(session, site.cast.ines, discussion.id, now=site.clock()).requirements)


def preview(browser, path, **fields):
    return browser.post_form(path, path, do="preview", **fields)


def tables(page):
    """How many students have each standing, and the students for whom it makes a difference."""
    return [
        [[cell.text for cell in row.all("th", "td")] for row in body.all("tr")]
        for body in page.one("section", class_="effects").all("tbody")
    ]


def table(page):
    return tables(page)[-1]


def fields_of(answer):
    """What stands in the form."""
    return values_of(next(form for form in answer.page.all("form") if form.all("select", id="discussion")))


def apply(browser, path, answer, **changed):
    """Press the button below a preview."""
    fields = fields_of(answer) | {"do": "apply"}
    seen = [each.attrs["value"] for each in answer.page.all("input", name="seen")]
    return browser.post(path, **{**fields, "seen": seen, **changed})


def test_the_preview_tells_who_would_gain_and_lose(site, cast, discussion, lived, path):
    browser = site.browser(cast.ines)
    answer = preview(browser, path, discussion=f"{discussion.id}", first_post_words="7")
    assert answer.status == 200
    assert table(answer.page) == [
        ["Chi Nguyen", "in progress", "in progress", "First post, 6 of 7 words"],
    ]
    assert "It would make a difference for 1 student." in answer.text
    answer = preview(browser, path, discussion="", first_post_words="2", replies_wanted="3")
    assert table(answer.page) == [
        ["Ana Brandt", "complete", "in progress", "Replies to 2 of 3 people"],
        ["Ben Carter", "in progress", "in progress", "First post, 2 of 2 words"],
    ]
    assert asked(site, discussion)["first_post_words"] == 5


def test_it_can_be_applied_to_all(site, cast, discussion, lived, path):
    other = site.discussion(title="Week 4")
    browser = site.browser(cast.ines)
    answer = preview(browser, path, discussion="", first_post_words="6")
    seen = [each.attrs["value"] for each in answer.page.all("input", name="seen")]
    assert seen == [f"{discussion.id}-1", f"{other.id}-1"]
    answer = apply(browser, path, answer)
    assert answer.status == 303
    assert "Rule changed in 2 discussions." in browser.get(answer.headers["Location"]).text
    assert [asked(site, each)["first_post_words"] for each in (discussion, other)] == [6, 6]
    assert asked(site, discussion)["replies_wanted"] == 2
    with site.read() as session:
        seen = get_discussion(session, cast.ines, discussion.id, now=site.clock())
        newest = list_versions(session, cast.ines, seen)[0]
    assert seen.rule_version == newest.number
    assert newest.made_by == cast.ines.name


@pytest.mark.parametrize("whose", ["one", "all"])
def test_a_change_by_somebody_else_is_not_overwritten(site, cast, discussion, path, whose):
    browser, other = site.browser(cast.ines), site.browser(cast.ines)
    chosen = f"{discussion.id}" if whose == "one" else ""
    mine = preview(browser, path, discussion=chosen, first_post_words="9")
    theirs = preview(other, path, discussion=chosen, first_post_words="6")
    assert apply(other, path, theirs).status == 303
    answer = apply(browser, path, mine)
    assert answer.status == 409
    assert "Not applied: another instructor has changed the settings" in answer.text
    assert asked(site, discussion)["first_post_words"] == 6


def test_nothing_changes_without_a_change(site, cast, discussion, path):
    browser = site.browser(cast.ines)
    assert "every field is empty" in preview(browser, path, discussion="").text
    same = preview(browser, path, discussion=f"{discussion.id}", first_post_words="5")
    assert "That is the rule already." in same.text
    assert not same.page.all("button", value="apply")
    assert browser.post_form(path, path, do="apply", seen=f"{discussion.id}-1").status == 200


@pytest.mark.parametrize("fields", [{"first_post_words": "many"}, {"replies_wanted": "21"}, {"discussion": "4711"}])
def test_what_cannot_be_is_refused_with_its_reason(site, cast, discussion, path, fields):
    answer = preview(site.browser(cast.ines), path, **fields)
    assert answer.status == 422
    assert answer.page.all("div", class_="error-summary")


def test_a_discussion_of_others_is_not_changed(site, cast, discussion, foreign, path):
    browser = site.browser(cast.ines)
    answer = preview(browser, path, first_post_words="9")
    for seen, status in ((f"{foreign.id}-1", 404), ("x-1", 200), ("4711-1", 404), (f"{discussion.id}-²", 200)):
        assert apply(browser, path, answer, seen=seen).status == status
    assert asked(site, discussion)["first_post_words"] == 5


def test_blind_students_are_only_counted(site, cast, path):
    blind = site.discussion(anonymity=Anonymity.BLIND)
    site.write(cast.ana, blind)
    answer = preview(site.browser(cast.ines), path, discussion=f"{blind.id}", first_post_words="50")
    assert "A difference for 1 student. Names are hidden in this discussion." in answer.text
    assert "Ana Brandt" not in answer.text


def test_only_instructors_may(site, cast, discussion, path):
    for who in (cast.ana, cast.olga, cast.tariq):
        refused(site.browser(who).get(path), 403)
        refused(site.browser(who).post(path, do="apply", first_post_words="9", seen=f"{discussion.id}-1"), 403)
    refuses_no_visit(site, path)
    refuses_unsafe_posts(site, cast.ines, path, first_post_words="9")
    assert asked(site, discussion)["first_post_words"] == 5


def test_the_address_chooses_the_discussion(site, cast, discussion, path):
    for chosen, selected in ((f"{discussion.id}", [f"{discussion.id}"]), ("4711", []), ("", [])):
        options = (
            site.browser(cast.ines).get(f"{path}?discussion={chosen}").page.one("select", id="discussion").all("option")
        )
        assert [option.attrs["value"] for option in options if "selected" in option.attrs] == selected


def test_statements_do_not_grow_with_the_term(site, cast, discussion, lived, path):
    browser = site.browser(cast.ines)
    fields = {"csrf_token": browser.token(path), "do": "preview", "first_post_words": "9"}
    few = costs(site, lambda: browser.send(path, data=fields))
    for title in ("Week 4", "Week 5"):
        site.write(cast.ana, site.discussion(title=title))
    assert costs(site, lambda: browser.send(path, data=fields)) == few <= 8


def test_without_discussions_it_says_the_next_step(site, cast, path):
    site.reserve()
    answer = site.browser(cast.ines).get(path)
    assert answer.status == 200
    assert "No discussion has been set up yet." in answer.text
    assert "set up its discussion" in answer.text
    assert not [form for form in answer.page.all("form") if form.all("select", id="discussion")]
    link = answer.page.one("p", class_="empty").one("a")
    assert link.attrs["href"] == f"/courses/{cast.course_id}"
    site.discussion()
    assert "No discussion has been set up yet." not in site.browser(cast.ines).get(path).text
