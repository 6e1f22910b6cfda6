"""What a text refers to: chips and names are checked against what there is."""

from dataclasses import replace

import pytest

from lti_app.core.rich_reader import read
from lti_app.discussion.posts.rules.citing import Cited
from lti_app.discussion.posts.rules.compose import Referred, candidate_names, compose, compose_html, plain_of
from lti_app.discussion.posts.rules.quoting import quoted_passage, quoted_post
from tests.core.markup import ALLOWED_RICH, read_safe
from tests.factories.readings import assigned

READINGS = (assigned(1, "Kotter 1990"), assigned(2, "Zaleznik 1977"))
PASSAGE = Cited(1, "104", passage_id=9)
REFERRED = Referred(people={3: "Ana Brandt", 4: "Ana", 5: "O’Neill"}, passages={9: PASSAGE}, files=[7])


def chip(**data):
    ids = "".join(f' data-{name}="{value}"' for name, value in data.items())
    return f'<p>So <a class="cited"{ids}>whatever it says</a>.</p>'


CHIPS = {
    "a page": (chip(reading=1, page=104), [Cited(1, "104")], "So Kotter 1990, p. 104."),
    "pages": (chip(reading=1, page="104-7"), [Cited(1, "104–7")], "So Kotter 1990, pp. 104–7."),
    "a paragraph": (chip(reading=2, paragraph=3), [Cited(2, "", "3")], "So Zaleznik 1977, para. 3."),
    "the whole reading": (chip(reading=1), [Cited(1, "")], "So Kotter 1990."),
    "a known passage": (chip(reading=1, page=1, passage=9), [PASSAGE], "So Kotter 1990, p. 104."),
    "a passage of another reading": (chip(reading=2, page=1, passage=9), [Cited(2, "1")], "So Zaleznik 1977, p. 1."),
    "a passage that is not there": (chip(reading=1, page=1, passage=8), [Cited(1, "1")], "So Kotter 1990, p. 1."),
    "a reading that is not assigned": (chip(reading=3, page=1), [], "So whatever it says."),
    "a page that is none": (chip(reading=1, page="on the moon, they say"), [Cited(1, "")], "So Kotter 1990."),
    "brackets in rich text": ("<p>So <em>[Kotter, p. 4]</em>.</p>", [Cited(1, "4")], "So Kotter 1990, p. 4."),
    "brackets in code": ("<p>So <code>[Kotter, p. 4]</code>.</p>", [], "So [Kotter, p. 4]."),
}


@pytest.mark.parametrize(("html", "cited", "shown"), CHIPS.values(), ids=CHIPS)
def test_chips_cite_what_there_is(html, cited, shown):
    composed = compose_html(read(html), READINGS, REFERRED)
    assert list(composed.citations) == cited
    assert read_safe(composed.html, ALLOWED_RICH).text == shown


def test_a_paragraph_can_be_cited_in_plain_text():
    assert compose("[Kotter 1990, para. 12] [Kotter ¶ 3]", READINGS).citations == (
        Cited(1, "", "12"),
        Cited(1, "", "3"),
    )


READ_HERE = replace(READINGS[0], has_file=True)
LEADS = {
    "to its passage": (PASSAGE, "/courses/8/readings/1/read?passage=9"),
    "to its page": (Cited(1, "104–7"), "/courses/8/readings/1/read?page=104%E2%80%937"),
    "to the beginning": (Cited(1, ""), "/courses/8/readings/1/read"),
}


@pytest.mark.parametrize(("cited", "address"), LEADS.values(), ids=LEADS)
def test_a_citation_of_a_reading_that_is_read_here_leads_into_it(cited, address):
    referred = Referred(passages={9: PASSAGE}, course_id=8)
    html = chip(reading=1, page=cited.page, **({"passage": 9} if cited.passage_id else {}))
    composed = compose_html(read(html), [READ_HERE], referred)
    assert read_safe(composed.html, ALLOWED_RICH).links == [address]
    again = compose_html(read(composed.html), [READ_HERE], referred)
    assert again.html == composed.html


MENTIONS = {
    "a name": ("Hear @Ana Brandt on this", [3]),
    "the longest name that fits": ("@Ana and @Ana Brandt", [4, 3]),
    "any case": ("@ana brandt", [3]),
    "twice": ("@Ana @Ana", [4]),
    "a name with a mark": ("@O’Neill’s view", [5]),
    "part of a longer word": ("@Anabel", []),
    "an address": ("a@Ana.example", []),
    "somebody else": ("@Ben Carter", []),
    "an @ alone": ("@ Ana", []),
}


@pytest.mark.parametrize(("text", "people"), MENTIONS.values(), ids=MENTIONS)
def test_names_behind_an_at_mention(text, people):
    assert list(compose(text, READINGS, REFERRED).mentions) == people
    assert list(compose_html(read(f"<p>{text}</p>"), READINGS, REFERRED).mentions) == people


def test_a_mention_shows_the_name_that_the_discussion_knows():
    html = '<p><span class="mention" data-id="3">@Somebody</span> <span class="mention" data-id="99">@Nobody</span>'
    composed = compose_html(read(html), READINGS, REFERRED)
    assert composed.mentions == (3,)
    assert composed.text == "@Ana Brandt @Nobody"
    assert composed.html == '<p><span class="mention" data-id="3">@Ana Brandt</span> @Nobody</p>'


def test_candidates_are_the_first_words_behind_each_at():
    assert {"Ana", "Ana Brandt", "Ana Brandt, what"} <= candidate_names("Yes @Ana Brandt, what do you say")
    assert len(candidate_names("@a b c d e f g " * 1000)) < 500


def test_pictures_of_others_are_not_shown():
    html = "".join(f'<img src="/courses/1/files/{number}/k-a.png" alt="a">' for number in (7, 8))
    composed = compose_html(read(html), READINGS, REFERRED)
    assert composed.pictures == (7,)
    assert read_safe(composed.html, ALLOWED_RICH).pictures == ["/courses/1/files/7/k-a.png"]


POST = "<p>First line.</p><blockquote><p>Theirs.</p></blockquote><p>Second <em>line</em>.</p>"
WHERE = {"href": "/courses/1/discussions/2?at=2.3#p2.3", "address": "2.3", "words": ("", " wrote:")}


def test_a_post_is_quoted_with_its_address():
    assert plain_of(quoted_post(POST, "", **WHERE)) == (
        "> 2.3 wrote:\n>\n> First line.\n>\n> > Theirs.\n>\n> Second line."
    )
    assert '<a class="address" href="/courses/1/discussions/2?at=2.3#p2.3"' in quoted_post(POST, "", **WHERE)


def test_a_selected_part_is_quoted_alone():
    assert plain_of(quoted_post(POST, "line. \n Theirs. Second", **WHERE)) == "> 2.3 wrote:\n>\n> line. Theirs. Second"


def test_words_that_the_post_does_not_have_are_not_put_into_its_mouth():
    assert "stupid" not in quoted_post(POST, "You are all stupid", **WHERE)
    assert "First line." in quoted_post(POST, "You are all stupid", **WHERE)


def test_a_passage_is_quoted_word_for_word_and_cited():
    html = quoted_passage(READINGS[0], PASSAGE, "Leaders  cope\nwith change")
    composed = compose_html(read(html), READINGS, REFERRED)
    assert composed.text == "> Leaders cope with change [Kotter 1990, p. 104]"
    assert composed.citations == (PASSAGE,)
    assert composed.words == 0


def test_a_passage_without_words_is_cited_alone():
    assert plain_of(quoted_passage(READINGS[0], PASSAGE, "")) == "[Kotter 1990, p. 104]"
