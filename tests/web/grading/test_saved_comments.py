"""…/comments: a grader's saved comments; and on the desk, inserting and saving them without scripts."""

import pytest

from lti_app.discussion.discussions.rules import Anonymity
from lti_app.grading.comments.actions import save_comment
from tests.web.page import values_of
from tests.web.questions import costs, refused
from tests.web.site import address


@pytest.fixture
def comments(cast):
    return f"/courses/{cast.course_id}/comments"


@pytest.fixture
def path(cast, discussion):
    return address(discussion, "grading", cast.ana.person_id)


def save(site, actor, text, **about):
    with site.database.writing() as session:
        return save_comment(session, actor, text=text, now=site.clock(), **about)


def marking(answer):
    return next(form for form in answer.page.all("form") if "marking" in form.classes)


def test_the_empty_page_says_what_it_is_for(site, cast, comments):
    page = site.browser(cast.tariq).get(comments).page
    assert "No saved comments yet." in page.one("p", class_="empty").text
    assert "{citation}" in page.text


def test_one_is_added_changed_and_deleted(site, cast, discussion, comments):
    browser = site.browser(cast.ines)
    answer = browser.post_form(comments, comments, text="Cite <pages>, {name}.", criterion="Evidence", level="Good")
    assert (answer.status, answer.location) == (303, comments)
    page = browser.get(comments).page
    assert "Cite <pages>, {name}." in page.one("ul", class_="comment-list").text
    edit = next(link.attrs["href"] for link in page.all("a") if link.text.startswith("Edit"))
    values = values_of(next(form for form in browser.get(edit).page.all("form") if form.attrs["action"] == edit))
    assert values.items() >= {"text": "Cite <pages>, {name}.", "criterion": "Evidence", "level": "Good"}.items()
    browser.post_form(edit, edit, text="Better.", criterion="", level="Good")
    assert "Better. any criterion" in browser.get(comments).text
    assert browser.post(f"{edit}/delete").location == comments
    assert "No saved comments yet." in browser.get(comments).text


def test_what_is_refused_comes_back(site, cast, comments):
    browser = site.browser(cast.ines)
    answer = browser.post_form(comments, comments, text="Well done, {nmae}!", criterion="Evidence", level="")
    assert answer.status == 422
    assert "{nmae} is not a placeholder." in answer.beside("text")
    assert browser.post_form(comments, comments, text=" ", criterion="", level="").status == 422
    kept = save(site, cast.ines, "Good.")
    long = browser.post_form(f"{comments}/{kept}", f"{comments}/{kept}", text="x" * 4001, criterion="", level="")
    assert (long.status, "up to 4000 characters" in long.beside("text")) == (422, True)


def test_they_can_be_searched(site, cast, comments):
    save(site, cast.ines, "Cite the page.", criterion="Evidence")
    save(site, cast.ines, "Well argued.")
    browser = site.browser(cast.ines)
    found = browser.get(f"{comments}?q=EVID").page.one("ul", class_="comment-list").text
    assert ("Cite the page." in found, "Well argued." in found) == (True, False)
    assert "No saved comment matches." in browser.get(f"{comments}?q=nothing").text


def test_nobody_else_sees_or_changes_them(site, cast, comments):
    kept = save(site, cast.ines, "Hers alone.")
    assert "Hers alone." not in site.browser(cast.tariq).get(comments).text
    refused(site.browser(cast.tariq).post(f"{comments}/{kept}", text="x"), 404, kept="x")
    for actor in (cast.ana, cast.olga):
        refused(site.browser(actor).get(comments), 403)
        refused(site.browser(actor).post(comments, text="Mine"), 403, kept="Mine")


def test_a_saved_comment_is_inserted_and_nothing_is_lost(site, cast, discussion, path):
    first = site.write(cast.ana, discussion, "Kotter [p. 104] and I disagree about change.")
    site.write(cast.ana, discussion, "A reply.", to=first)
    save(site, cast.ines, "{name}: {posts} posts, {replies} reply.")
    browser, rubric = site.browser(cast.ines), site.rubric(discussion)
    option = browser.get(path).page.one("select", id="bank-insert").one("option").attrs["value"]
    assert option == "Ana Brandt: 2 posts, 1 reply."
    typed = {
        f"criterion-{rubric.criteria[0].id}": str(rubric.criteria[0].levels[1].id),
        f"comment-{rubric.criteria[0].id}": "On content.",
        "comment": "So far.",
        "note": "For us.",
    }
    answer = browser.post_form(path, path, **typed, insert=option, into="comment", action="insert")
    assert answer.status == 200
    assert values_of(marking(answer)).items() >= {**typed, "comment": f"So far.\n{option}", "version": "0"}.items()
    key = f"comment-{rubric.criteria[0].id}"
    answer = browser.post_form(path, path, **typed, insert=option, into=key, action="insert")
    assert values_of(marking(answer)).items() >= {**typed, key: f"On content.\n{option}"}.items()
    assert values_of(marking(browser.get(path)))["version"] == "0"


def test_what_was_typed_is_saved_for_its_criterion_and_level(site, cast, discussion, path, comments):
    browser, criterion = site.browser(cast.ines), site.rubric(discussion).criteria[0]
    key = f"comment-{criterion.id}"
    typed = {f"criterion-{criterion.id}": str(criterion.levels[0].id), key: "Weigh both sides.", "comment": "Kept."}
    answer = browser.post_form(path, path, **typed, into=key, action="keep")
    assert (answer.status, values_of(marking(answer)).items() >= typed.items()) == (200, True)
    assert "Saved to your comments." in answer.text
    assert f"Weigh both sides. {criterion.title}: {criterion.levels[0].label}" in browser.get(comments).text
    assert values_of(marking(browser.get(path)))["version"] == "0"
    empty = browser.post_form(path, path, **typed | {"comment": " "}, into="comment", action="keep")
    assert "There is nothing to save." in empty.page.one("p", class_="flash-warning").text


def test_a_placeholder_that_is_left_is_told_and_not_saved(site, cast, discussion, path):
    key = f"comment-{site.rubric(discussion).criteria[0].id}"
    browser = site.browser(cast.ines)
    answer = browser.post_form(path, path, comment="Good, {nmae}.", action="release")
    assert (answer.status, "Replace {nmae}." in answer.beside("comment")) == (422, True)
    answer = browser.post_form(path, path, **{key: "Good, {name}."}, action="save")
    assert (answer.status, "Replace {name}." in answer.text) == (422, True)
    assert values_of(marking(answer))[key] == "Good, {name}."
    assert values_of(marking(browser.get(path)))["version"] == "0"


def test_a_hidden_name_is_never_filled_in(site, cast):
    blind = site.discussion(anonymity=Anonymity.BLIND)
    site.write(cast.ana, blind)
    save(site, cast.ines, "Well argued, {name}.")
    browser = site.browser(cast.ines)
    row = next(
        link for link in browser.get(address(blind, "grading")).page.all("a") if "/grading/b" in link.attrs["href"]
    )
    page = browser.get(row.attrs["href"]).page
    option = page.one("select", id="bank-insert").one("option").attrs["value"]
    assert option == f"Well argued, {page.one('h1').text}."
    assert not any(name in page.text for name in ("Ana", "Brandt"))


def test_statements_do_not_grow_with_the_comments(site, cast, discussion, path, comments):
    browser = site.browser(cast.ines)
    few = costs(site, lambda: browser.get(comments)), costs(site, lambda: browser.get(path))
    for number in range(20):
        save(site, cast.ines, f"No. {number}")
    assert (costs(site, lambda: browser.get(comments)), costs(site, lambda: browser.get(path))) == few
    assert few[0] <= 6
