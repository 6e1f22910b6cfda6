"""Rubrics in tables: pasted from a spreadsheet or from Word, as text or as HTML, and as plain CSV."""

from decimal import Decimal

import pytest

from lti_app.exchange.formats.errors import FileRefused
from lti_app.exchange.formats.rubric_parts import RubricFormat, StandIns
from lti_app.exchange.formats.rubric_recognize import read_pasted_rubrics, read_rubric_file
from lti_app.grading.rubrics.rules.plans import CriterionPlan, LevelPlan, RubricPlan


def level(points, name="", description=""):
    return LevelPlan(Decimal(points), name, description)


THESIS = CriterionPlan(
    "Thesis", (level(4, "Excellent", "Clear"), level(2, "Good", "Vague"), level(0, "Missing", "None"))
)
EVIDENCE = CriterionPlan(
    "Evidence", (level(4, "Excellent", "Rich"), level(2, "Good", "Thin"), level(0, "Missing", "None"))
)
PLAN = RubricPlan((THESIS, EVIDENCE), "Rubric")
ROWS = "Thesis\tClear\tVague\tNone\nEvidence\tRich\tThin\tNone\n"


@pytest.mark.parametrize(
    "header",
    [
        "Criterion\tExcellent (4)\tGood (2)\tMissing (0)",
        "Criteria\tExcellent (4 points)\tGood (2 pts)\tMissing [0]",
        "\tExcellent: 4 points\tGood – 2 pts.\tMissing 0 points",
        "Kriterium\tExcellent 4\tGood 2\tMissing 0",
        "Criterion\t4 – Excellent\t2 – Good\t0 – Missing",
        "Criterion\t4 points: Excellent\t2 points: Good\t0 points: Missing",
        "Rubric:\tExcellent (4 P.)\tGood (2 P.)\tMissing (0 P.)",
    ],
)
def test_points_stand_in_the_headings(header):
    found = read_pasted_rubrics(f"{header}\n{ROWS}")
    assert found.format is RubricFormat.TABLE
    assert found.remarks == ()
    assert found.plans == (PLAN,)


def test_points_stand_in_the_cells():
    text = '"Thesis"\t"Excellent (4 points)\nClear"\t"2 points: Vague"\t"None (0 pts)"\n'
    found = read_pasted_rubrics(f"Criterion\tHigh\tMiddle\tLow\n{text}").plans[0].criteria[0]
    assert found.levels == (
        level(4, "High", "Excellent\nClear"),
        level(2, "Middle", "Vague"),
        level(0, "Low", "None"),
    )


def test_a_table_without_headings():
    text = 'Thesis\t"Excellent (4 points)\nClear"\t2 points: Vague\nTone\tWarm (3 points)\tCold (1 point)\n'
    plan = read_pasted_rubrics(text).plans[0]
    assert plan.criteria == (
        CriterionPlan("Thesis", (level(4, "Excellent", "Clear"), level(2, "", "Vague"))),
        CriterionPlan("Tone", (level(3, "", "Warm"), level(1, "", "Cold"))),
    )


def test_points_that_nobody_wrote_are_counted_down_and_told():
    found = read_pasted_rubrics("Criterion\tExcellent\tGood\tPoor\nThesis\tClear\tVague\tNone\n")
    assert [each.points for each in found.plans[0].criteria[0].levels] == [2, 1, 0]
    assert found.remarks[0].values == {"title": "Thesis", "points": "2, 1, 0"}
    upwards = read_pasted_rubrics("Criterion\tPoor\tGood\tExcellent\tPoints\nThesis\tNone\tVague\tClear\t10\n")
    assert upwards.plans[0].criteria[0].levels == (
        level(10, "Excellent", "Clear"),
        level(5, "Good", "Vague"),
        level(0, "Poor", "None"),
    )


def test_ranges_weights_descriptions_and_totals():
    text = (
        "Week 3\n\nCriterion\tDescription\tWeight\tGood (10–6)\tPoor (5 to 0)\n"
        "Thesis\tTakes a position\t40%\tClear\tVague\nTone\t\t2,5\tWarm\tCold\nTotal\t\t100%\t10\t\n"
    )
    found = read_pasted_rubrics(text)
    assert found.remarks == ()
    assert found.plans == (
        RubricPlan(
            (
                CriterionPlan(
                    "Thesis",
                    (level(10, "Good", "Clear"), level(5, "Poor", "Vague")),
                    "Takes a position",
                    uses_range=True,
                    weight=Decimal("0.4"),
                ),
                CriterionPlan(
                    "Tone",
                    (level(10, "Good", "Warm"), level(5, "Poor", "Cold")),
                    uses_range=True,
                    weight=Decimal("2.5"),
                ),
            ),
            "Week 3",
        ),
    )


def test_criteria_with_points_alone_have_a_range():
    found = read_pasted_rubrics("Criterion\tPoints\nThesis\t10\nTone\t5 points\n", stand_ins=StandIns(points="Punkte"))
    assert [each.levels for each in found.plans[0].criteria] == [(level(10, "Punkte"),), (level(5, "Punkte"),)]
    assert all(each.uses_range for each in found.plans[0].criteria)


def test_a_row_for_each_level():
    text = "criterion,level,level_description,score\nThesis,Excellent,Clear,4\nThesis,Good,Vague,2\n,Missing,None,0\n"
    found = read_rubric_file(text.encode())
    assert found.plans[0].criteria == (THESIS,)


def test_line_breaks_in_the_cells_of_a_word_table_as_text():
    text = "Criterion\tGood (2)\tPoor (0)\nThesis\nA claim\tClear\nand bold\tVague\nor none\nTone\tWarm\tCold\n"
    found = read_pasted_rubrics(text)
    assert found.plans[0].criteria == (
        CriterionPlan("Thesis", (level(2, "Good", "Clear\nand bold"), level(0, "Poor", "Vague\nor none")), "A claim"),
        CriterionPlan("Tone", (level(2, "Good", "Warm"), level(0, "Poor", "Cold"))),
    )
    assert found.remarks[0].text.startswith("Lines without a tab")


WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>td {color: red}</style></head><body>
<!--StartFragment--><table class=MsoTableGrid border=1>
<tr style='height:1pt'><td width=100 valign=top><p class=MsoNormal>
<b>Criterion<o:p></o:p></b></p></td><td><p class=MsoNormal><b>Excellent<br>(4 points)</b></p></td>
<td><p class=MsoNormal>Good (2)<o:p></o:p></p></td><td><p>Missing&nbsp;(0)</p></td></tr>
<tr><td><p class=MsoNormal>Thesis<o:p></o:p></p></td><td><p>Clear</p></td><td><p>Vague</p></td><td><p>None</p></td></tr>
<tr><td><p class=MsoNormal>Evidence</p></td><td><p>Rich</p></td><td><p>Thin</p></td><td><p>None</p></td></tr></table>
<!--EndFragment--></body></html>"""


def test_a_word_table_as_html():
    assert read_pasted_rubrics("ignored", WORD).plans == (PLAN,)
    assert read_rubric_file(WORD.encode("utf-16")).plans == (PLAN,)


def test_cells_over_rows_and_columns_and_several_tables():
    html = """<table><caption>Week 3</caption><tr><th>Criterion<th>Good (2)<th>Poor (0)
    <tr><td rowspan=2>Thesis<td>Clear<p>and bold</p><td>Vague<tr><td colspan=2>Same</table>
    <table><tr><td>Menu</table><table><tr><td>Criterion<td>Points<tr><td>Tone<td>5</table>"""
    first, second = read_pasted_rubrics("", html).plans
    assert first.title == "Week 3"
    assert first.criteria[0] == CriterionPlan(
        "Thesis", (level(2, "Good", "Clear\nand bold"), level(0, "Poor", "Vague"))
    )
    assert second.criteria[0].title == "Tone"


def test_a_paste_without_a_table_in_its_html_is_read_as_text():
    assert read_pasted_rubrics(f"Criterion\tExcellent (4)\tGood (2)\tMissing (0)\n{ROWS}", "<p>x</p>").plans == (PLAN,)


@pytest.mark.parametrize("sign", [",", ";", "|"])
def test_plain_csv_of_any_delimiter(sign):
    text = f"Criterion\tExcellent (4)\tGood (2)\tMissing (0)\n{ROWS}".replace("\t", sign)
    assert read_rubric_file(text.encode()).plans == (PLAN,)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "nothing_in_it"),
        (b" \n\n", "nothing_in_it"),
        (b"Just a sentence.", "no_rubric"),
        (b"<table><tr><td>One</td></tr></table>", "no_rubric"),
        (b"PK\x03\x04...", "not_text"),
        (b"%PDF-1.7", "not_text"),
    ],
)
def test_what_is_no_rubric_is_refused(content, code):
    with pytest.raises(FileRefused) as refused:
        read_rubric_file(content)
    assert refused.value.code == code
