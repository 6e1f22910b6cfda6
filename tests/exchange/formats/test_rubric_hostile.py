"""Files that are made to take long, to be large or to break something."""

import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_app.exchange.formats.errors import FileRefused
from lti_app.exchange.formats.rubric_canvas import write_canvas_rubrics
from lti_app.exchange.formats.rubric_colloquy import write_own_rubrics
from lti_app.exchange.formats.rubric_moodle import write_moodle
from lti_app.exchange.formats.rubric_parts import (
    MAX_REMARKS,
    MAX_RUBRICS,
)
from lti_app.exchange.formats.rubric_recognize import read_pasted_rubrics, read_rubric_file
from lti_app.grading.rubrics.rules.validation import (
    MAX_CRITERIA,
    MAX_DESCRIPTION,
    MAX_LEVELS,
    MAX_POINTS,
    MAX_TITLE,
)
from tests.exchange.formats.rubrics import quickly

HEAD = "Rubric Name,Criteria Name,Criteria Description,Criteria Enable Range"
RATING = ",Rating Name,Rating Description,Rating Points"
CANVAS = f"{HEAD}{RATING}\n"
MOODLE = "<areas><area><definitions><definition><method>{}</method>{}</definition></definitions></area></areas>"
RUBRIC = "<plugin_gradingform_rubric_definition><criteria>{}</criteria></plugin_gradingform_rubric_definition>"
GUIDE = "<plugin_gradingform_guide_definition><guidecriteria>{}</guidecriteria></plugin_gradingform_guide_definition>"
N = 1_900_000

HOSTILE = {
    "columns": "a" + "," * N,
    "columns of a Canvas header": HEAD + RATING * 40_000,
    "rows": "a,b\n" * (N // 4),
    "blank rows": "\n" * N,
    "quotes": '"' * N,
    "open quotes": '"a,' * (N // 3),
    "triple quotes": ',"""x' * (N // 5),
    "one open quote": 'Criterion\tGood (2)\n"' + "a\n" * (N // 2),
    "lines without a tab": "Criterion\tGood (2)\n" + "x\n" * 1_900,
    "one long line, then many": "Criterion\tGood (2)\nA\t" + "x" * (N // 2) + "\nx" * 1_900,
    "half rows": "a\tb\tc\td\te\tf\n" + "x\ty\n" * 1_900,
    "one cell": f"{CANVAS}A,B,{'x' * N},true,C,D,1\n",
    "accents": f"{CANVAS}A,B,{'e' + chr(0x301) * 400_000},true,C,D,1\n",
    "digits": f"{CANVAS}A,B,,true,C,D,{'9' * N}\n",
    "spaces in points": f"{CANVAS}A,B,,true,C,D,1{' ' * N}2\n",
    "points in a heading": f"Criterion,{'(1' * (N // 2)}\nA,B\n",
    "dashes in a heading": f"Criterion,{'1 - ' * (N // 4)}\nA,B\n",
    "rubrics": CANVAS + "".join(f"R{n},B,,true,C,D,1\n" for n in range(1_900)),
    "tables": "<table>" * (N // 7),
    "tables beside one another": "<table><tr><td>a<td>b</table>" * 5_000,
    "cells": "<table><tr>" + "<td>" * (N // 4),
    "wide cells": "<table>" + "<tr><td colspan=999 rowspan=999>" * 10_000,
    "tall cells": "<table>" + "<tr><td rowspan=150>a<td>b" * 2_000,
    "tags": "<table><tr><td>" + "<p>" * (N // 3),
    "entities": "<table><tr><td>" + "&amp" * (N // 4),
    "nested XML": "<areas>" + "<area>" * (N // 6),
    "criteria": MOODLE.format("rubric", RUBRIC.format("<criterion><description>A</description></criterion>" * 40_000)),
    "levels": MOODLE.format("rubric", RUBRIC.format(f"<criterion><levels>{'<level/>' * 200_000}</levels></criterion>")),
    "definitions": f"<area><definitions>{'<definition><method>x</method></definition>' * 40_000}</definitions></area>",
    "guide": MOODLE.format(
        "guide",
        GUIDE.format(
            "<guidecriterion><descriptionmarkers>[1]"
            f"{'&#10;&#10;[1] a' * 200_000}</descriptionmarkers></guidecriterion>"
        ),
    ),
    "billion laughs": '<!DOCTYPE a [<!ENTITY a "aa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><areas>&b;</areas>',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_take_no_longer_than_their_length(name):
    begun = time.process_time()
    try:
        found = read_rubric_file(HOSTILE[name].encode())
    except FileRefused:
        found = None
    assert time.process_time() - begun < 6
    if found:
        assert_within_limits(found)


def test_millions_of_columns_are_refused_before_they_are_read():
    for sign in ",;\t|":
        with pytest.raises(FileRefused) as refused:
            read_rubric_file(b"a" + sign.encode() * 1_999_000)
        assert refused.value.code == "too_wide"
    with pytest.raises(FileRefused) as refused:
        read_rubric_file(b"a" + b"," * 9_000_000)
    assert refused.value.code == "too_large"


def assert_within_limits(found):
    assert len(found.remarks) <= MAX_REMARKS + 3
    assert len(found.plans) <= MAX_RUBRICS
    for plan in found.plans:
        assert len(plan.title) <= MAX_TITLE
        assert len(plan.criteria) <= MAX_CRITERIA
        for criterion in plan.criteria:
            assert len(criterion.title) <= MAX_TITLE
            assert len(criterion.description) <= MAX_DESCRIPTION
            assert len(criterion.levels) <= MAX_LEVELS
            for level in criterion.levels:
                assert len(level.name) <= MAX_TITLE
                assert len(level.description) <= MAX_DESCRIPTION
                assert 0 <= level.points <= MAX_POINTS


def test_characters_that_cannot_be_stored_are_left_out():
    found = read_pasted_rubrics("Criterion\tGood (2)\nThe\0sis\t\ud800Cl\x07ear\u202e\n").plans[0].criteria[0]
    assert (found.title, found.levels[0].description) == ("Thesis", "?Clear")


def test_bytes_that_cannot_be_read_are_told():
    found = read_rubric_file(
        f"{CANVAS}A,Café,,true,C,D,1\n".encode().replace(b"\xc3\xa9", b"\xe2\x80\xa9 \xff\xc3\xa9\xc3\xa9")
    )
    assert found.remarks[0].num >= 1


@quickly
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content):
    with suppress(FileRefused):
        assert_within_limits(read_rubric_file(content))


@quickly
@given(
    st.lists(st.sampled_from([*'\t\n,;"<>ab1() -', "<table>", "<td>", "<tr>", HEAD, RATING, "Points", "4 points"])).map(
        "".join
    )
)
def test_any_text_is_read_and_what_was_read_can_be_written(text):
    try:
        found = read_pasted_rubrics(text)
    except FileRefused:
        return
    assert_within_limits(found)
    for write in (write_own_rubrics, write_canvas_rubrics, write_moodle):
        assert len(read_rubric_file(write(found.plans).content).plans) == len(found.plans)
