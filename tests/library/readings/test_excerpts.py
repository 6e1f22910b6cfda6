"""What a citation shows of the place that it cites."""

import pytest

from lti_app.library.files.rules import numbered, paragraphs_of
from lti_app.library.readings.rules import Excerpt, PassagePlace, excerpt_of, labels_of


def test_quoted_words_stand_among_those_around_them():
    text = "word " * 200 + "leaders cope with change" + " then" * 200
    found = excerpt_of(PassagePlace(page="104", exact="leaders cope with change"), [text])
    assert found.exact == "leaders cope with change"
    assert found.before.startswith("… word")
    assert found.before.endswith("word ")
    assert found.after.startswith(" then")
    assert found.after.endswith(" …")
    assert max(len(found.before), len(found.after)) <= 304


def test_lines_of_a_page_are_no_obstacle_to_finding_words():
    found = excerpt_of(PassagePlace(page="1", exact="a direction"), ["Leaders set a\ndirection.", "So they do."])
    assert found == Excerpt("Leaders set ", "a direction", ". So they do.")


@pytest.mark.parametrize("texts", [[], ["Another page."]])
def test_words_that_are_not_found_are_shown_as_they_were_cited(texts):
    place = PassagePlace(page="1", exact="align people", prefix="Leaders", suffix="first")
    assert excerpt_of(place, texts) == Excerpt("Leaders", "align people", "first")


def test_a_page_is_cut_after_a_word():
    found = excerpt_of(PassagePlace(page="1"), ["leader " * 400])
    assert found.before.endswith("leader …")
    assert len(found.before) <= 1203
    assert excerpt_of(PassagePlace(page="1"), ["", " "]) is None
    assert excerpt_of(PassagePlace(), []) is None


@pytest.mark.parametrize(
    ("place", "labels"),
    [
        (PassagePlace(page="104"), ["104"]),
        (PassagePlace(page="104–105"), ["104", "105"]),
        (PassagePlace(page="104–190"), ["104", "105", "106"]),
        (PassagePlace(page="iv–vi"), ["iv", "vi"]),
        (PassagePlace(page="9–3"), ["9", "3"]),
        (PassagePlace(paragraph="7"), ["7"]),
        (PassagePlace(), []),
    ],
)
def test_a_range_is_shown_by_its_first_pages(place, labels):
    assert labels_of(place) == labels


def test_paragraphs_are_counted_as_the_reader_numbers_them():
    html = "<h1>On change</h1><p>One &amp; <b>only</b>.</p><ul><li>a</li></ul><p>Two.</p><pre>Three</pre>"
    assert numbered(html).count("data-paragraph") == 3
    assert [" ".join(text.split()) for text in paragraphs_of(html)] == ["One & only. a", "Two.", "Three"]
    assert paragraphs_of("no paragraph") == []
