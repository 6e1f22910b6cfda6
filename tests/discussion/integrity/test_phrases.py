"""What reads like an advertisement for essays, and what a class says that does not."""

import pytest

from lti_app.discussion.integrity.rules.content import may_be_suspicious, own_content_of, suspicions
from lti_app.discussion.moderation.rules import HeldReason
from tests.core.growth import MOST, growth

ADVERTS = [
    "I ordered an essay from this site and got an A.",
    "I’ve ordered my essay online last week.",
    'Great thread! I got my essay at <a href="https://x.example">this site</a> in a day.',
    "They wrote my paper overnight!",
    "The best essay writing service, cheap and fast.",
    "Just use a dissertation writing service.",
    "Can someone write my essay for me?",
    "I hired a professional writer to do my homework.",
    "I paid someone to write my term paper.",
    "100% plagiarism-free papers by experts",
    "If you need help, you can order your assignment here.",
    "Here is a place to buy essays.",
    "I always get assignment help online.",
    "Hier kann man eine Hausarbeit schreiben lassen.",
]
OF_A_CLASS = [
    "I ordered the arguments in my essay by weight.",
    "Kotter’s paper on leadership was written in 1990.",
    "Some students buy essays online, which is dishonest.",
    "I got my essay back from the professor.",
    "The company hired an expert to do the restructuring.",
    "Leaders pay people to do their work.",
    "They do their homework before a negotiation.",
    "The writing center helped me with my essay.",
    "I finished my essay in two days.",
    "I did my homework in an hour.",
    "My thesis is that leaders do not write papers.",
    "I got the paper from the library.",
    "<p>She asks:</p><blockquote><p>I ordered an essay from this site.</p></blockquote>",
]


@pytest.mark.parametrize("words", ADVERTS)
def test_adverts_are_found(words):
    html = f"<p>{words}</p>"
    assert suspicions(own_content_of(html), ()) == [HeldReason.ADVERT]
    assert may_be_suspicious(html, ())


@pytest.mark.parametrize("words", OF_A_CLASS)
def test_what_a_class_says_is_not(words):
    assert suspicions(own_content_of(f"<p>{words}</p>"), ()) == []


@pytest.mark.parametrize("part", ["i i ", "essay ", "we can buy the ", "hire a writer to ", "they "])
def test_a_long_post_takes_time_in_proportion(part):
    assert growth(lambda text: suspicions(own_content_of(text), ()), lambda size: part * size, 4_000) <= MOST
