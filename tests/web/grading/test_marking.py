"""…/grading/<person>/marking: one's own marks, the comparison once both are in, and the decision."""

import pytest

from lti_app.course.courses.rules import Role
from lti_app.discussion.discussions.rules import Anonymity
from lti_app.grading.graders.rules.blind import Agreement, SecondMarkingMode
from tests.cast import arrive
from tests.factories.markings import mark_twice
from tests.web.page import values_of
from tests.web.questions import costs, refused, refuses_unsafe_posts
from tests.web.site import address


@pytest.fixture
def path(cast, discussion):
    return address(discussion, "grading", cast.ana.person_id)


@pytest.fixture
def best(site, discussion):
    """The top level of every criterion, as the form sends it."""
    return {f"criterion-{c.id}": str(c.levels[0].id) for c in site.rubric(discussion).criteria}


@pytest.fixture
def second(site, discussion):
    """The second level of every criterion."""
    return {f"criterion-{c.id}": str(c.levels[1].id) for c in site.rubric(discussion).criteria}


@pytest.fixture
def twice(site, cast, discussion):
    def turn_on(**options):
        with site.database.writing() as session:
            mark_twice(session, cast.ines, discussion, now=site.clock(), **options)

    return turn_on


def submit(browser, path, marks, **fields):
    return browser.post_form(f"{path}/marking", f"{path}/marking", **marks, action="submit", **fields)


def values(browser, path):
    page = browser.get(f"{path}/marking").page
    return values_of(next(form for form in page.all("form") if "marking" in form.classes))


def test_desk_leads_to_the_own_marks(site, cast, discussion, path, twice):
    twice()
    answer = site.browser(cast.tariq).get(path)
    assert (answer.status, answer.location) == (303, f"{path}/marking")
    assert "Neither sees the marks of the other" in site.browser(cast.tariq).get(f"{path}/marking").text


def test_a_student_who_is_graded_as_always_is_on_the_desk(site, cast, path):
    answer = site.browser(cast.tariq).get(f"{path}/marking")
    assert (answer.status, answer.location) == (303, path)


def test_blind_double_marking_from_end_to_end(site, cast, discussion, path, *, twice, best, second):
    twice()
    tariq, ines = site.browser(cast.tariq), site.browser(cast.ines)
    assert submit(tariq, path, best, comment="Nur von Tariq.").location == f"{path}/marking"
    for page in (f"{path}/marking", f"{path}/history", address(discussion, "grading")):
        assert "Nur von Tariq." not in ines.get(page).text
    assert "The other grader has submitted." in ines.get(f"{path}/marking").text
    assert "1 of 2 markings" in ines.get(address(discussion, "grading")).page.one("table").text
    assert ".level" not in values(ines, path)  # nothing is chosen for her
    assert submit(ines, path, second, comment="Von Ines.").status == 303
    for browser in (tariq, ines):
        table = browser.get(f"{path}/marking").page.one("table", class_="comparison").text
        assert "Tariq Haddad" in table
        assert "Ines Navarro" in table
        assert "−2" in table
    shown = ines.get(f"{path}/marking").text
    assert "Nur von Tariq." in shown
    assert not tariq.get(f"{path}/marking").page.all("form", class_="marking")  # he marked himself
    refused(
        tariq.post(f"{path}/marking/decide", **best, marked_with=values(ines, path)["marked_with"], version="0"), 403
    )
    decided = ines.post_form(f"{path}/marking/decide", f"{path}/marking", **{**best, **dict([second.popitem()])})
    assert (decided.status, decided.location) == (303, path)
    assert "Decided." in ines.get(path).text
    assert "Decided after independent marking" in ines.get(f"{path}/history").text
    ines.post_form(path, path, **values_of(ines.get(path).page.one("form", class_="marking")), action="release")
    assert "19 of 20" in site.browser(cast.ana).get(address(discussion)).text


def test_released_in_bulk_only_without_them(site, cast, discussion, path, *, twice, best):
    site.mark(discussion, cast.ben)
    twice(mode=SecondMarkingMode.SAMPLE, percent=1)
    blind = next(
        each
        for each in cast.students
        if site.browser(cast.ines).get(address(discussion, "grading", each.person_id)).status == 303
    )
    here = address(discussion, "grading")
    browser = site.browser(cast.ines)
    browser.post_form(f"{here}/release", here)
    assert f"not settled: {blind.name}." in browser.get(here).text
    page = browser.post_form(f"{here}/bulk", here, action="release", student=str(blind.person_id))
    assert f"is not settled for: {blind.name}." in page.text


def test_incomplete_marks_stay_a_draft_that_only_the_grader_sees(site, cast, path, *, twice, best):
    twice()
    tariq, ines = site.browser(cast.tariq), site.browser(cast.ines)
    some = dict(list(best.items())[:2])
    submit(tariq, path, some, comment="Half.")
    assert "Saved, but not submitted." in tariq.get(f"{path}/marking").text
    assert values(tariq, path).items() >= {**some, "comment": "Half."}.items()
    assert "Half." not in ines.get(f"{path}/marking").text
    assert "The other grader has submitted." not in ines.get(f"{path}/marking").text


def test_what_was_entered_before_it_began_goes_along(site, cast, path, *, twice, best):
    browser = site.browser(cast.tariq)
    token = browser.token(path)
    twice()
    fields = {**best, "comment": "Mine", "version": "0", "marked_with": "", "action": "save", "csrf_token": token}
    answer = browser.send(path, "POST", data=fields)
    assert (answer.status, answer.location) == (307, f"{path}/marking")
    assert browser.send(answer.location, "POST", data=fields).status == 303
    assert values(browser, path).items() >= {**best, "comment": "Mine"}.items()


def test_the_third_to_submit_is_told_and_keeps_what_was_entered(site, cast, path, *, twice, best, second):
    twice()
    with site.database.writing() as session:
        uma = arrive(session, cast.course_id, "Uma Third", Role.ASSISTANT, now=site.clock())
    third = site.browser(uma)
    form = values(third, path)
    submit(site.browser(cast.tariq), path, best)
    submit(site.browser(cast.ines), path, second)
    answer = third.send(f"{path}/marking", "POST", data={**form, **best, "comment": "Mine too", "action": "submit"})
    assert answer.status == 409
    assert "enough graders have submitted" in answer.text
    assert "Mine too" in answer.text
    decided = third.post_form(f"{path}/marking/decide", f"{path}/marking", **best)
    assert (decided.status, decided.location) == (303, path)


def test_older_form_of_the_same_grader_is_asked(site, cast, path, *, twice, best, second):
    twice()
    browser = site.browser(cast.tariq)
    form = values(browser, path)
    submit(browser, path, best)
    answer = browser.send(f"{path}/marking", "POST", data={**form, **second, "comment": "Later", "action": "save"})
    assert answer.status == 409
    again = values_of(answer.page.one("form", class_="marking"))
    assert again.items() >= {**second, "comment": "Later", "version": "1"}.items()


def test_agreed_marks_are_told(site, cast, path, *, twice, best):
    twice(agreement=Agreement.AVERAGE)
    submit(site.browser(cast.tariq), path, best)
    submit(site.browser(cast.ines), path, best)
    assert "close enough" in site.browser(cast.tariq).get(f"{path}/marking").text
    assert site.browser(cast.tariq).get(path).status == 200


def test_decision_needs_every_criterion_and_is_made_once(site, cast, path, *, twice, best, second):
    twice()
    submit(site.browser(cast.tariq), path, best)
    submit(site.browser(cast.ines), path, second)
    browser = site.browser(cast.ines)
    some = dict(list(best.items())[:2])
    answer = browser.post_form(f"{path}/marking/decide", f"{path}/marking", **some, comment="Words")
    assert answer.status == 422
    assert values_of(answer.page.one("form", class_="marking")).items() >= {**some, "comment": "Words"}.items()
    form = values(browser, path)
    browser.post_form(f"{path}/marking/decide", f"{path}/marking", **best)
    answer = browser.send(f"{path}/marking/decide", "POST", data={**form, **second})
    assert answer.status == 409
    assert "someone else has decided" in answer.text


def test_an_instructor_ends_it(site, cast, path, *, twice, best):
    twice()
    submit(site.browser(cast.tariq), path, best, comment="Only one.")
    browser = site.browser(cast.ines)
    answer = browser.post_form(f"{path}/marking/end", f"{path}/marking")
    assert (answer.status, answer.location) == (303, path)
    assert "Only one." in browser.get(path).text


def test_names_stay_hidden(site, cast, twice):
    hidden = site.discussion(anonymity=Anonymity.BLIND)
    with site.database.writing() as session:
        mark_twice(session, cast.ines, hidden, now=site.clock())
    here = address(hidden, "grading")
    browser = site.browser(cast.tariq)
    for page in (here, f"{here}/second-marking", f"{here}/graders"):
        text = browser.get(page).text
        assert not [each.name for each in cast.students if each.name in text]
    assert browser.get(f"{here}/{cast.ana.person_id}/marking").status == 404
    key = browser.get(f"{here}/second-marking").page.one("table").all("a")[0].attrs["href"]
    page = browser.get(key)
    assert page.status == 200
    assert not [each.name for each in cast.students if each.name in page.text]


def test_unsafe_posts(site, cast, path, twice):
    twice()
    refuses_unsafe_posts(site, cast.ines, f"{path}/marking", comment="Mine", kept="Mine")


def test_statements_do_not_grow(site, cast, discussion, path, *, twice, best):
    twice()
    browser = site.browser(cast.tariq)
    few = costs(site, lambda: browser.get(f"{path}/marking"))
    for student in cast.students:
        site.write(student, discussion)
    submit(site.browser(cast.ines), path, best)
    assert costs(site, lambda: browser.get(f"{path}/marking")) == few <= 14


def test_what_the_first_marker_wrote_at_posts_is_not_shown(site, cast, discussion, path, twice):
    post = site.write(cast.ana, discussion)
    tariq, ines = site.browser(cast.tariq), site.browser(cast.ines)
    fields = {f"remark-{post.id}": "Nur von Tariq.", "action": f"annotate-{post.id}"}
    assert "Comment saved" in tariq.post_form(path, path, **fields).text
    form = values_of(ines.get(path).page.one("form", class_="marking"))
    twice()
    assert "Nur von Tariq." not in ines.get(f"{path}/marking").text
    for typed in ({"action": "insert"}, {"comment": "x" * 5000}, {**fields, f"remark-{post.id}": "Mine"}):
        answer = ines.send(path, "POST", data={**form, **typed})
        assert (answer.status, answer.location) == (307, f"{path}/marking"), typed


def test_saved_comments_are_offered_and_inserted_without_saving_marks(site, cast, path, twice, best):
    twice()
    browser, marking = site.browser(cast.tariq), f"{path}/marking"
    kept = submit_bank(browser, marking, "keep", comment="Cite the page, {name}.", **best)
    assert "Saved to your comments." in kept.text
    assert values_of(kept.page.one("form", class_="marking")).items() >= best.items()
    page = browser.get(marking).page
    (offered,) = [each.attrs["value"] for each in page.all("option") if "Cite the page" in each.attrs.get("value", "")]
    assert "{name}" not in offered
    inserted = submit_bank(browser, marking, "insert", comment="Well read.", insert=offered, into="comment", **best)
    form = values_of(inserted.page.one("form", class_="marking"))
    assert form["comment"] == f"Well read.\n{offered}"
    assert form.items() >= best.items()
    assert values(browser, path)["comment"] == ""


def test_the_first_graders_words_are_not_offered_to_the_second(site, cast, path, twice, best):
    twice()
    key = next(iter(best)).removeprefix("criterion-")
    submit(site.browser(cast.ines), path, best, **{f"comment-{key}": "Told by the first."})
    assert "Told by the first." not in site.browser(cast.tariq).get(f"{path}/marking").text


def submit_bank(browser, marking, action, **fields):
    return browser.post_form(marking, marking, action=action, **fields)
