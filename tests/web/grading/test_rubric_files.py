"""/courses/<course>/rubrics/import and the downloads: rubrics from Canvas, Moodle and pasted tables, and out again."""

import io
from decimal import Decimal

import pytest

from lti_app.exchange.formats.rubric_recognize import read_rubric_file
from lti_app.grading.rubrics.actions.library import MAX_LIBRARY, create_rubric
from lti_app.grading.rubrics.models import Rubric
from lti_app.grading.rubrics.queries import get_library_rubric, list_library
from lti_app.grading.rubrics.rules.plans import plan_of
from lti_app.grading.rubrics.rules.ready import DEFAULT_RUBRIC
from tests.exchange.formats.test_rubric_moodle import BACKUP
from tests.web import page
from tests.web.page import values_of

RATING = ",Rating Name,Rating Description,Rating Points"
CANVAS = f"""Rubric Name,Criteria Name,Criteria Description,Criteria Enable Range{RATING * 2}
Seminar,Preparation,"Has read, and noted, the texts",false,Full,Both texts,2,None,,0
Seminar,Discussion,,true,Good,"Says ""why"" to others",6.5,Low,Reads aloud,1
"""


@pytest.fixture
def path(cast):
    return f"/courses/{cast.course_id}/rubrics"


def given(browser, path, content=b"", **fields):
    data = {"csrf_token": browser.token(path), "encoding": "", **fields}
    if content:
        data["file"] = (io.BytesIO(content), "rubrics.csv")
    return browser.send(f"{path}/import", data=data, content_type="multipart/form-data")


def all_values(form):
    """What a browser would send, with names that stand there several times."""
    sent = {}
    for name, value in page._values(form.all("input", "select", "textarea")):
        sent.setdefault(name, []).append(value)
    return sent


def saved(site, cast):
    with site.database.writing() as session:
        found = list_library(session, cast.ines)
        return [plan_of(get_library_rubric(session, cast.ines, each.id).rubric) for each in found]


def add(browser, path, preview, **changes):
    form = next(form for form in preview.page.all("form") if form.attrs["action"] == f"{path}/import/save")
    return browser.send(f"{path}/import/save", data={**values_of(form), **changes})


def test_a_canvas_file_goes_in_and_out_unchanged(site, cast, path):
    browser = site.browser(cast.ines)
    preview = given(browser, path, CANVAS.encode())
    assert preview.status == 200
    assert "a Canvas rubric CSV" in preview.html
    assert saved(site, cast) == []
    answer = add(browser, path, preview)
    assert answer.status == 303
    address = answer.headers["Location"]
    assert "Seminar" in browser.get(address).html
    file = browser.get(f"{address}/export/canvas")
    assert file.response.data == CANVAS.encode()
    assert file.headers["Content-Disposition"] == "attachment; filename=Seminar.csv"


def test_a_pasted_table_is_shown_with_what_was_changed(site, cast, path):
    browser = site.browser(cast.ines)
    preview = given(browser, path, text="Criterion\tExcellent\tGood\nThesis\tClear\tVague\n")
    assert "not every level says its points" in preview.html
    add(browser, path, preview)
    (rubric,) = saved(site, cast)
    assert [level.points for level in rubric.criteria[0].levels] == [Decimal(1), Decimal(0)]


def test_several_rubrics_are_chosen_from_a_moodle_backup(site, cast, path):
    browser = site.browser(cast.ines)
    preview = given(browser, path, BACKUP.encode())
    assert "2 rubrics found" in preview.html
    answer = add(browser, path, preview, pick=["1", "2"])
    assert answer.headers["Location"].endswith(path)
    assert {rubric.title for rubric in saved(site, cast)} == {"Week 3", "Guide"}
    assert add(browser, path, preview, pick=["2"]).status == 303
    assert len(saved(site, cast)) == 3


def test_a_rubric_that_is_not_valid_is_fixed_in_the_editor(site, cast, path):
    browser = site.browser(cast.ines)
    preview = given(browser, path, text="Criterion\tGood (2)\tAlso good (2)\nThesis\tClear\tVague\n")
    assert "Another level has the same points" in preview.html
    assert "pick" not in {element.attrs.get("name") for element in preview.page.all("input")}
    form = next(form for form in preview.page.all("form") if form.attrs["action"] == f"{path}/new")
    editor = browser.send(f"{path}/new", data={**all_values(form), "do": "review"})
    assert editor.status == 200
    fields = all_values(next(form for form in editor.page.all("form") if "rubric-editor" in form.classes))
    assert browser.send(f"{path}/new", data={**fields, "c0-l1-points": "1", "do": "save"}).status == 303
    assert [level.name for level in saved(site, cast)[0].criteria[0].levels] == ["Good", "Also good"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Choose a file, or paste a table."),
        (b"PK\x03\x04", "This is a spreadsheet, a document or an archive."),
        (b"Just a sentence.", "We found no rubric in it."),
        (b"<areas><area>", "can’t be read"),
        (b"<?xml version='1.0'?><rss/>", "no rubric or marking guide of Moodle"),
        (b"a" + b"," * 9_000, "more than 200 columns"),
        (b"a,b\n" * 9_000, "more than 2000 rows"),
    ],
)
def test_what_is_no_rubric_is_refused_in_words(site, cast, path, content, words):
    answer = given(site.browser(cast.ines), path, content)
    assert answer.status == 422
    assert words in answer.html


def test_nothing_is_stored_without_a_choice_or_from_a_broken_form(site, cast, path):
    browser = site.browser(cast.ines)
    preview = given(browser, path, CANVAS.encode())
    for changes in ({"pick": []}, {"pick": ["9"]}, {"rubrics": "nonsense"}, {"pick": ["x", "-1"]}):
        answer = add(browser, path, preview, **changes)
        assert answer.headers["Location"].endswith("/import")
    assert saved(site, cast) == []


def test_a_full_library_takes_none(site, cast, path):
    with site.database.writing() as session:
        session.add_all(Rubric(course_id=cast.course_id, title=f"R{n}") for n in range(MAX_LIBRARY - 1))
    browser = site.browser(cast.ines)
    add(browser, path, given(browser, path, BACKUP.encode()), pick=["1", "2"])
    assert "The library of this course is full" in browser.get(path).html
    with site.database.writing() as session:
        assert len(list_library(session, cast.ines)) == MAX_LIBRARY - 1


@pytest.mark.parametrize("kind", ["canvas", "moodle", "csv"])
def test_downloads_can_be_read_again_and_say_what_they_lose(site, cast, path, kind):
    with site.database.writing() as session:
        rubric_id = create_rubric(session, cast.ines, DEFAULT_RUBRIC)
    browser = site.browser(cast.ines)
    shown = browser.get(f"{path}/{rubric_id}")
    assert "The file does not say which counted facts are shown" in shown.html
    assert "Keeps everything." in shown.html
    (found,) = read_rubric_file(browser.get(f"{path}/{rubric_id}/export/{kind}").response.data).plans
    assert found.title == DEFAULT_RUBRIC.title
    assert [each.levels for each in found.criteria] == [each.levels for each in DEFAULT_RUBRIC.criteria]
    assert browser.get(f"{path}/ready/weekly/export/{kind}").status == 200
    assert browser.get(f"{path}/ready/unknown/export/{kind}").status == 404
    assert browser.get(f"{path}/{rubric_id}/export/docx").status == 404
