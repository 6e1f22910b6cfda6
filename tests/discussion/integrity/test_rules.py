"""What is one's own in a post, what is alike, what waits for a look: and above all what does not."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_app.discussion.integrity.rules.content import (
    ALIKE,
    MIN_SHINGLES,
    bands_of,
    is_mostly_links,
    marked,
    own_content_of,
    read_sites,
    sells_essays,
    share_of,
    shingles_of,
    words_of,
)
from tests.core.growth import MOST, growth

BANDS = [7495396034183921006, 6740614794985732022]
OWN = "A manager keeps the ward running and a leader asks whether it should."


@pytest.mark.parametrize(
    "html",
    [
        f"<p>{OWN}</p>",
        f"<p>{OWN}</p><blockquote><p>Leaders and managers are very different kinds of people.</p></blockquote>",
        f"<blockquote><blockquote><p>Deep.</p></blockquote><p>Still quoted.</p></blockquote><p>{OWN}</p>",
        f"<p>{OWN} “Leaders and managers are different.”</p>",
        f'<p>{OWN} "Leaders and managers are different."</p>',
        f"<p>{OWN} «Les chefs» „Die Leiter“</p>",
        f'<p>{OWN} <a class="cited" href="#reading-1">Kotter 1990, p. 104</a></p>',
        f'<p>{OWN} <a href="https://example.edu/a/long/address" target="_blank">https://example.edu/a/long/address</a></p>',
    ],
)
def test_quotations_citations_and_links_are_not_ones_own(html):
    assert " ".join(own_content_of(html).words) == words_joined(OWN)


def test_what_is_spoken_has_the_words_of_links_of_any_kind():
    for kind in ("", ' class="address"'):
        content = own_content_of(
            f'<p>Get your <em><a{kind} href="https://example.org">essay written</a></em> today</p>'
        )
        assert (content.spoken, " ".join(content.words)) == ("get your essay written today", "get your today")
    assert own_content_of(f"<p>{OWN}</p>").spoken == words_joined(OWN)


def words_joined(text):
    return " ".join(words_of(text))


def test_words_run_on_across_emphasis_but_not_across_paragraphs():
    assert own_content_of("<p>lead<em>ers</em></p><p>cope</p>").words == ("leaders", "cope")


def test_words_of_cells_and_items_are_not_joined():
    html = "<table><tr><th>lead</th><td>ers</td></tr></table><ul><li>co<ul><li>pe</li></ul></li></ul>"
    assert own_content_of(html).words == ("lead", "ers", "co", "pe")


LONG = {
    "quotations within one another": lambda size: "<blockquote>" * size + "a",
    "words": lambda size: f"<p>{'ab ' * size}</p>",
    "links": lambda size: f"<p>{LINK * size}</p>",
    "marks that nothing closes": lambda size: f"<p>{'„a «b' * size}</p>",
    "names of sites": lambda size: f"<p>{'a.' * size}1</p>",
    "paragraphs": lambda size: "<p>a</p>" * size,
}


@pytest.mark.parametrize("make", LONG.values(), ids=LONG)
@pytest.mark.parametrize("work", [own_content_of, lambda html: marked(html, html)], ids=["substance", "marked"])
def test_reading_a_post_takes_time_in_proportion(work, make):
    assert growth(work, make, 16_000) <= MOST


@pytest.mark.parametrize("text", ["Don’t stop", "DON'T  stop", "don't\nstop"])
def test_spelling_makes_no_difference(text):
    assert words_of(text) == ["dont", "stop"]


@pytest.mark.parametrize(
    "html", ["", "<p>", "<blockquote>", "</blockquote></a>", "<a href='http://[bad'>x</a>", "&#0;"]
)
def test_odd_markup_is_read_somehow(html):
    assert isinstance(own_content_of(html).words, tuple)


SELLERS = read_sites("# remark\nedubirdie.com, www.Essay.example # another\n\n")


@pytest.mark.parametrize(
    ("html", "sells"),
    [
        ('<a href="https://edubirdie.com/order">here</a>', True),
        ('<a href="https://uk.EduBirdie.com./">here</a>', False),
        ('<a href="http://www.edubirdie.com">here</a>', True),
        ("<p>Try EDUBIRDIE.com, it helped me.</p>", True),
        ("<p>Try essay.example now</p>", True),
        ("<p>notedubirdie.com and edubirdie.com.au</p>", False),
        ("<p>mail@edubirdie.com</p>", False),
        ("<p>Nothing here.</p>", False),
    ],
)
def test_sites_on_the_list(html, sells):
    assert sells_essays(own_content_of(html).hosts, SELLERS) is sells


LINK = '<a href="https://example.edu">https://example.edu</a>'


@pytest.mark.parametrize(
    ("html", "drops"),
    [
        (f"<p>{LINK}</p>", True),
        (f"<p>Look at this: {LINK}</p>", True),
        (f"<p>{OWN} {LINK}</p>", False),
        (f"<p>{OWN} {LINK} {LINK}</p>", True),
        ("<p>Look at this.</p>", False),
        ('<p><a class="cited" href="#reading-1">Kotter 1990</a></p>', False),
    ],
)
def test_bare_links(html, drops):
    assert is_mostly_links(own_content_of(html)) is drops


VOCABULARY = [f"word{number}" for number in range(400)]


def text_of(seed, length=120):
    return random.Random(seed).choices(VOCABULARY, k=length)


def share(words, other):
    return share_of(shingles_of(words), shingles_of(other))


@given(seed=st.integers(0, 10_000), changed=st.integers(0, 5))
def test_what_is_nearly_the_same_meets_in_a_band(seed, changed):
    words, other = text_of(seed), text_of(seed)
    for number in range(changed):
        other[number * 20] = "another"
    assert share(words, other) >= ALIKE
    assert set(bands_of(shingles_of(words))) & set(bands_of(shingles_of(other)))


@given(seed=st.integers(0, 10_000))
def test_what_is_different_does_not(seed):
    words, other = text_of(seed), text_of(seed + 20_000)
    assert share(words, other) < 0.05
    assert not set(bands_of(shingles_of(words))) & set(bands_of(shingles_of(other)))


def test_a_signature_stays_the_same_from_one_version_to_the_next():
    """Stored signatures are compared with later ones; a library that reckons otherwise would find nothing."""
    assert bands_of(shingles_of(words_of(OWN)))[:2] == BANDS
    assert len(shingles_of(text_of(1, 40))) == MIN_SHINGLES


def test_what_is_the_same_is_marked():
    runs = marked("<p>I say: leaders set a direction, always.</p>", "<p>Leaders set a “direction” and go.</p>")
    assert [(run.text, run.same) for run in runs] == [
        ("I say:", False),
        ("leaders set a direction,", True),
        ("always.", False),
    ]
    assert all(not run.same for run in marked("<p>Nothing alike</p>", "<p>at all here</p>"))
    assert marked("", "<p>x</p>") == []
