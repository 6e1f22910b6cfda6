"""Our own CSV of rubrics loses nothing, and Moodle's XML says what it has no place for."""

import csv
import io
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_app.exchange.formats.rubric_colloquy import HEADER, write_own_rubrics
from lti_app.exchange.formats.rubric_parts import RubricFormat
from lti_app.exchange.formats.rubric_recognize import read_rubric_file
from lti_app.grading.rubrics.rules.criteria import Evidence, Scoring
from lti_app.grading.rubrics.rules.plans import CriterionPlan, LevelPlan, RubricPlan
from lti_app.grading.rubrics.rules.ready import ARGUMENT_FROM_READINGS
from tests.exchange.formats.rubrics import quickly, rubrics


@quickly
@given(st.lists(rubrics(), min_size=1, max_size=3))
def test_our_own_csv_loses_nothing(plans):
    written = write_own_rubrics(plans)
    found = read_rubric_file(written.content)
    assert written.remarks == found.remarks == ()
    assert found.format is RubricFormat.COLLOQUY
    assert list(found.plans) == plans


def test_two_equal_rubrics_stay_two():
    plan = RubricPlan((CriterionPlan("Clarity", (LevelPlan(Decimal(1), "Clear"),)),), "Weekly")
    assert read_rubric_file(write_own_rubrics([plan, plan]).content).plans == (plan, plan)


def test_criteria_without_levels_are_kept():
    plan = RubricPlan((CriterionPlan("Feedback", (), counts=False), CriterionPlan("More", ())), "Weekly")
    assert read_rubric_file(write_own_rubrics([plan]).content).plans == (plan,)


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_what_a_spreadsheet_saves_is_read(delimiter):
    rows = csv.reader(io.StringIO(write_own_rubrics([ARGUMENT_FROM_READINGS]).content.decode("utf-8-sig"), newline=""))
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(
        [[cell.replace(".", ",") if cell.replace(".", "").isdigit() else cell for cell in row] for row in rows]
    )
    assert read_rubric_file(text.getvalue().encode("cp1252")).plans == (ARGUMENT_FROM_READINGS,)


def test_formulas_are_guarded():
    plan = RubricPlan((CriterionPlan("=1+1", (LevelPlan(Decimal(1), "+2"),), "@x"),), "-A")
    assert b",'=1+1,'@x," in write_own_rubrics([plan]).content


def test_what_means_nothing_is_told_with_its_line():
    plan = RubricPlan((CriterionPlan("Clarity", (LevelPlan(Decimal(1), "Clear"),)),), "Weekly")
    content = write_own_rubrics([plan]).content.decode().replace(",none,no,no,yes,1,", ",smell,maybe,no,yes,heavy,")
    found = read_rubric_file(content.replace(",points,0,", ",stars,-1,").encode())
    assert found.plans == (plan,)
    assert [remark.values["name"] for remark in found.remarks] == [
        "Evidence",
        "Suggests level",
        "Weight",
        "Scoring",
        "Pass mark",
    ]


def test_every_part_has_a_column():
    criterion = CriterionPlan(
        "Timeliness",
        (LevelPlan(Decimal("1.5"), "On time", "Everything"),),
        "As counted",
        Evidence.TIMELINESS,
        uses_range=True,
        counts=False,
        weight=Decimal("0.5"),
        preselects=True,
    )
    plan = RubricPlan((criterion,), "Weekly", Scoring.COMPLETE, Decimal(1))
    header, row = csv.reader(io.StringIO(write_own_rubrics([plan]).content.decode("utf-8-sig"), newline=""))
    assert tuple(header) == HEADER
    said = "1,Weekly,complete,1,1,Timeliness,As counted,timeliness,yes,yes,no,0.5,On time,1.5,Everything"
    assert ",".join(row) == said
    assert read_rubric_file(write_own_rubrics([replace(plan)]).content).plans == (plan,)
