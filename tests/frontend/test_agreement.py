"""The server's half of the cases on which scripts and server must agree; the scripts' half is in `*.test.mjs`."""

import json
from pathlib import Path

import pytest

from lti_app.core.documents import page_labels
from lti_app.core.raised import raised
from lti_app.discussion.posts.rules.compose import compose
from lti_app.frontend import letters
from lti_app.library.passages.rules import MIN_WORDS, shingles_of, words_of
from lti_app.web.discussion.drafts import STATUSES
from tests.factories.readings import assigned

CASES = Path(__file__).parent / "cases"
COUNTED = json.loads((CASES / "word_count.json").read_text())
QUOTED = json.loads((CASES / "quotations.json").read_text())
CALLED = json.loads((CASES / "page_labels.json").read_text())
ANSWERS = json.loads((CASES / "draft_answers.json").read_text())
RAISED = json.loads((CASES / "raised.json").read_text())
READINGS = [assigned(n, reading["label"]) for n, reading in enumerate(COUNTED["readings"], 1)]


def test_the_table_names_authors_as_the_composer_is_told_them():
    assert [reading.author for reading in READINGS] == [reading["author"] for reading in COUNTED["readings"]]


@pytest.mark.parametrize("case", COUNTED["cases"], ids=lambda case: case["name"])
def test_words_are_counted_as_the_composer_counts_them(case):
    assert compose(case["text"], READINGS).words == case["words"]


@pytest.mark.parametrize("case", CALLED, ids=lambda case: case["name"])
def test_pages_are_called_what_the_reader_calls_them(case):
    assert page_labels(case["labels"], case["count"], case["first"]) == case["called"]


@pytest.mark.parametrize("case", QUOTED, ids=lambda case: case["name"])
def test_a_quotation_is_found_where_the_reader_finds_it(case):
    wanted, page = words_of(case["quote"]), words_of("\n".join(case["runs"]))
    assert len(wanted) >= MIN_WORDS
    assert (set(shingles_of(wanted)) <= set(shingles_of(page))) is case["found"]


def test_drafts_are_answered_as_the_script_expects():
    refused = {error.code: {"status": status} for error, status in STATUSES.items()}
    assert {"saved": {"status": 200}, **refused} == ANSWERS


def test_the_reader_folds_letters_as_the_search_does():
    assert letters.WRITTEN.read_text() == letters.text(), "run: python lti_app/frontend/letters.py"


@pytest.mark.parametrize("case", RAISED, ids=lambda case: f"{case['tag']} {case['text']}")
def test_raised_characters_are_what_they_are_when_pasted(case):
    assert raised(case["text"], case["tag"]) == case["raised"]
