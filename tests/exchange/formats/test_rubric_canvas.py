"""Canvas's rubric CSV goes in and out unchanged, and says what it has no place for."""

import csv
import io
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_app.exchange.formats.rubric_canvas import CanvasStyle, write_canvas_rubrics
from lti_app.exchange.formats.rubric_parts import RubricFormat
from lti_app.exchange.formats.rubric_recognize import read_rubric_file
from lti_app.grading.rubrics.rules.criteria import Scoring
from lti_app.grading.rubrics.rules.plans import CriterionPlan, LevelPlan, RubricPlan
from tests.exchange.formats.rubrics import assert_told, quickly, rubrics, told

HEAD = "Rubric Name,Criteria Name,Criteria Description,Criteria Enable Range"
RATING = ",Rating Name,Rating Description,Rating Points"
TEMPLATE = f"""{HEAD}{RATING * 3}
Seminar 1,Preparation,Has read the texts,false,Full,Both texts,2,Half,One text,1,None,No text,0
Seminar 1,Discussion,Speaks to others,false,Good,Answers others,1,Low,Reads aloud,1
"""
"""The shape of the file that Canvas offers as a template: rows end after their last rating."""
EXPORT = f"""{HEAD}{RATING * 3}
"Leadership, week 3",Argument,"",true,Full Marks,"Says ""why"", and for whom",6.5,Some,"",3.0,No Marks,"",0.0
"Leadership, week 3",Readings,"Cites
pages",false,Full Marks,"",5.0,No Marks,"",0.0,,,
Short post,Posted,"",false,Yes,"",1.0,No,"",0.0,,,
"""
"""Floating-point numbers, empty texts in quotation marks, blank rating columns, ranges and two rubrics."""
NUMBERED = (
    f"{HEAD},Rating Name 1,Rating Description 1,Rating Points 1,Rating Name 2,Rating Description 2,Rating Points 2\r\n"
    "A,B,,TRUE,C,D,4,E,,2\r\n"
)
REORDERED = (
    "Criteria Name,Rubric Name,Rating Points,Rating Name,Rating Description,Criteria Enable Range\nB,A,3,C,D,false"
)
FILES = {
    "template": TEMPLATE,
    "export": EXPORT,
    "numbered": NUMBERED,
    "reordered": REORDERED,
    "with mark": f"\ufeff{TEMPLATE}",
    "all quoted": '"Rubric Name","Criteria Name","Rating Name","Rating Points"\n"A","B","C","2"\n',
    "decimal comma": f'{HEAD}{RATING}\nA,B,,false,C,,"1,75"\n',
    "blank columns": f"{HEAD}{RATING * 5}\nA,B,,false,C,D,2,E,F,0,,,,,,,,,\n",
}


def read(content):
    return read_rubric_file(content if isinstance(content, bytes) else content.encode())


@pytest.mark.parametrize("name", FILES)
def test_a_canvas_file_goes_in_and_out_unchanged(name):
    content = FILES[name].encode()
    found = read(content)
    assert found.format is RubricFormat.CANVAS
    assert found.remarks == ()
    assert write_canvas_rubrics(found.plans, found.style).content == content


def test_without_its_style_a_file_is_like_the_template():
    found = read(TEMPLATE)
    assert write_canvas_rubrics(found.plans).content == TEMPLATE.encode()


def test_the_rubrics_of_a_file_are_told_apart_by_name():
    first, second = read(EXPORT).plans
    assert (first.title, second.title) == ("Leadership, week 3", "Short post")
    argument, readings = first.criteria
    assert argument.uses_range
    assert [level.points for level in argument.levels] == [Decimal("6.5"), Decimal(3), Decimal(0)]
    assert argument.levels[0].description == 'Says "why", and for whom'
    assert readings == CriterionPlan(
        "Readings", (LevelPlan(Decimal(5), "Full Marks"), LevelPlan(Decimal(0), "No Marks")), "Cites\npages"
    )


def test_what_excel_in_europe_saves_is_read():
    european = "\ufeff" + TEMPLATE.replace(",", ";").replace(";2;", ";2,5;").replace("\n", "\r\n")
    first = read(european).plans[0].criteria[0]
    assert [level.points for level in first.levels] == [Decimal("2.5"), Decimal(1), Decimal(0)]
    assert read(european.encode("utf-16")).plans == read(european).plans


def test_ranges_rounding_and_bad_points_are_told_with_their_line():
    found = read(f"{HEAD}{RATING * 3}\nA,B,,true,C,,10-8,D,,7.555,E,,lots\n")
    assert [level.points for level in found.plans[0].criteria[0].levels] == [Decimal(10), Decimal("7.56"), Decimal(0)]
    assert [remark.values["text"] for remark in found.remarks] == ["10-8", "7.555", "lots"]
    assert {remark.values["place"].values["line"] for remark in found.remarks} == {2}


def test_a_row_without_rubric_name_belongs_to_the_rubric_above():
    found = read(f"{HEAD}{RATING}\nA,B,,false,C,,1\n,D,,false,E,,2\n")
    assert [each.title for each in found.plans[0].criteria] == ["B", "D"]
    assert [remark.text for remark in found.remarks] == [
        "%(place)s has no rubric name; we added its criterion to the rubric above."
    ]


def test_ratings_in_another_order_are_put_in_order_and_that_is_told():
    found = read(f"{HEAD}{RATING * 2}\nA,B,,false,Low,,1,High,,2\n")
    assert [level.name for level in found.plans[0].criteria[0].levels] == ["High", "Low"]
    assert "put in order" in found.remarks[0].text


def test_unknown_columns_are_told():
    found = read(f"{HEAD},Outcome{RATING}\nA,B,,false,SO 1,C,,1\n")
    assert found.remarks[0].values == {"name": "Outcome"}


def test_canvas_needs_names_and_levels():
    plan = RubricPlan((CriterionPlan("Clarity", ()),))
    written = write_canvas_rubrics([plan, plan])
    assert {remark.text for remark in written.remarks} == {
        "Canvas needs a name for a rubric without one: it is “%(title)s” in the file.",
        "Canvas needs at least one level: “%(title)s” has none.",
        "Two rubrics have the same name; one of them is “%(title)s” in the file.",
    }
    assert [plan.title for plan in read(written.content).plans] == ["Rubric", "Rubric (2)"]


def test_what_canvas_has_no_place_for_is_told():
    criterion = CriterionPlan("Clarity", (LevelPlan(Decimal(2), "", "Clear"),), weight=Decimal(2), counts=False)
    plan = RubricPlan((criterion,), "Weekly", Scoring.COMPLETE, Decimal(1))
    written = write_canvas_rubrics([plan])
    assert told(written.remarks) == {
        ("The file does not say that the work is marked as complete or incomplete.", ()),
        ("The file does not say from how many points work is complete.", ()),
        ("The file has no weights. These criteria have one: %(criteria)s.", ("Clarity",)),
        ("In the file, every criterion counts. These do not count here: %(criteria)s.", ("Clarity",)),
        (
            "The file keeps the name and the description of a level in another form for these criteria: %(criteria)s.",
            ("Clarity",),
        ),
    }


@quickly
@given(rubrics())
def test_what_changes_on_the_way_to_canvas_and_back_is_told(plan):
    written = write_canvas_rubrics([plan])
    found = read(written.content)
    assert found.remarks == ()
    assert_told(plan, found.plans[0], written.remarks)


@quickly
@given(
    st.lists(rubrics(), min_size=1, max_size=3, unique_by=lambda plan: plan.title),
    st.builds(
        CanvasStyle,
        is_padded=st.booleans(),
        quotes_all=st.booleans(),
        quotes_empty=st.booleans(),
        decimals=st.sampled_from([0, 1]),
        line_end=st.sampled_from(["\n", "\r\n"]),
        yes=st.sampled_from(["true", "1"]),
        no=st.sampled_from(["false", ""]),
    ),
)
def test_any_file_in_any_style_goes_in_and_out_unchanged(plans, style):
    content = write_canvas_rubrics(plans, style).content
    found = read(content)
    assert write_canvas_rubrics(found.plans, found.style).content == content


@quickly
@given(rubrics())
def test_python_reads_the_same_cells(plan):
    content = write_canvas_rubrics([plan], replace(CanvasStyle(), is_padded=True)).content.decode()
    rows = list(csv.reader(io.StringIO(content, newline=""), strict=True))
    assert {len(row) for row in rows} == {len(rows[0])}
    assert [row[1] for row in rows[1:]] == [each.title for each in plan.criteria]
