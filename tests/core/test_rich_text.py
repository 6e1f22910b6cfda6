"""HTML from outside to what is kept of it: nothing that is not ours, in one shape, with nothing written lost."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_app.core.rich_reader import MAX_NESTING, is_too_rich, read
from lti_app.core.rich_text import headings_below_title, to_text, write
from lti_app.discussion.posts.rules.compose import Referred, compose, compose_html, plain_of
from tests.core.growth import MOST, growth
from tests.core.hostile_html import HOSTILE
from tests.core.markup import ALLOWED_RICH, bare, read_safe
from tests.factories.readings import assigned

READINGS = (assigned(1, "Kotter 1990"), assigned(2, "Zaleznik 1977"))
FILE = "/courses/1/files/7/abc-a.png"
REFERRED = Referred(people={3: "Ana Brandt", 4: "Ben Carter"}, files=[7])


def kept(html):
    return write(read(html))


@pytest.mark.parametrize("attack", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("around", ["{}", "<p>before {} after</p>", "<ul><li>{}</li></ul>", "<table><tr><td>{}"])
def test_hostile_markup_never_comes_through(attack, around):
    html = kept(around.format(attack))
    page = read_safe(html, ALLOWED_RICH)
    assert not re.search(r"(?i)javascript:|vbscript:|<script|onerror\s*=[^<]*<img|evil\.example/pixel", html)
    assert all(picture.startswith("/courses/1/files/") and ".." not in picture for picture in page.pictures)
    assert kept(html) == html
    composed = compose_html(read(around.format(attack)), READINGS, REFERRED)
    read_safe(composed.html, ALLOWED_RICH)


MARKUP = "p div span b strong i em u s del h1 h3 h6 ul ol li blockquote pre code a img br table tr td th svg style x"
TAGS = MARKUP.split()
ATTRIBUTES = [
    "",
    ' class="cited" data-reading="1" data-page="4"',
    ' class="mention" data-id="3"',
    f' src="{FILE}" alt="a"',
    ' href="https://a.example/?b=c&amp;d"',
    ' href="javascript:alert(1)" onclick="a"',
    ' start="4"',
]
TEXTS = [
    "a",
    " ",
    "\n",
    "  b c ",
    "&lt;",
    "&amp;",
    "e",
    "\u0301",
    "\u202e",
    "> q",
    "- i",
    "[Kotter, p. 4]",
    "@Ana Brandt",
]
opened = st.builds("<{}{}>".format, st.sampled_from(TAGS), st.sampled_from(ATTRIBUTES))
closed = st.builds("</{}>".format, st.sampled_from(TAGS))
soup = st.lists(opened | closed | st.sampled_from(TEXTS) | st.text(max_size=5), max_size=40).map("".join)


@given(soup)
def test_whatever_is_sent_is_safe_and_stays_as_it_is_when_cleaned_again(html):
    once = kept(html)
    read_safe(once, ALLOWED_RICH)
    assert kept(once) == once


@given(soup)
def test_a_post_edited_without_a_change_stays_the_same(html):
    composed = compose_html(read(html), READINGS, REFERRED)
    read_safe(composed.html, ALLOWED_RICH)
    again = compose_html(read(composed.html), READINGS, REFERRED)
    assert (again.text, again.html, again.words) == (composed.text, composed.html, composed.words)
    assert set(again.citations) == set(composed.citations)
    assert set(again.mentions) == set(composed.mentions)


@given(soup)
def test_the_same_words_typed_without_an_editor_count_and_cite_the_same(html):
    rich = compose_html(read(html), READINGS, REFERRED)
    plain = compose(to_text(read(rich.html), numbered=False), READINGS, REFERRED)
    assert plain.words == rich.words
    assert set(plain.citations) == set(rich.citations)


@given(st.text(max_size=300))
def test_text_comes_through_whole(text):
    html = f"<p>{text.replace('&', '&amp;').replace('<', '&lt;')}</p>"
    assert bare(read_safe(kept(html), ALLOWED_RICH).text) == bare(to_text(read(html)))


SHAPES = {
    "nothing": ("", ""),
    "nothing to see": ("<p> </p><p><br></p><ul><li></li></ul><blockquote><p>\u200b</p></blockquote><b></b>", ""),
    "loose text": ("a", "<p>a</p>"),
    "divisions": ("<div>a</div><div>b<div>c</div></div>", "<p>a</p><p>b</p><p>c</p>"),
    "other names of marks": ("<p><b>a</b><i>b</i><del>c</del></p>", "<p><strong>a</strong><em>b</em><s>c</s></p>"),
    "no underlines, no sizes": ("<p><u>a</u><font size=7>b</font><big>c</big></p>", "<p>abc</p>"),
    "a mark within itself": ("<p><b>a<b>b</b></b></p>", "<p><strong>ab</strong></p>"),
    "a mark around paragraphs": ("<b><p>a</p><p>b</p></b>", "<p>a</p><p>b</p>"),
    "headings": ("<h1>a</h1><h4>b</h4><h6>c</h6>", "<h3>a</h3><h4>b</h4><h4>c</h4>"),
    "a list": ("<ul><li>a<li>b</ul>", "<ul><li><p>a</p></li><li><p>b</p></li></ul>"),
    "a list that begins later": ("<ol start=3><li>a</ol>", '<ol start="3"><li><p>a</p></li></ol>'),
    "an item without a list": ("<li>a", "<ul><li><p>a</p></li></ul>"),
    "code": ("<pre>a\n  b</pre>", "<pre><code>a\n  b</code></pre>"),
    "spaces": ("<p>  a\n  <em> b </em>  </p>", "<p>a <em> b </em></p>"),
    "line breaks at the edges": ("<p><br>a<br><br></p>", "<p>a</p>"),
    "a table": (
        "<table><thead><tr><th>a</thead><tr><td><p>b</p><p>c</p><td colspan=2></table>",
        "<table><tbody><tr><th>a</th></tr><tr><td>b c</td><td></td></tr></tbody></table>",
    ),
    "an empty table": ("<table><tr><td> </td></tr></table>", ""),
    "raised and lowered figures": (
        "<p>x<sup>2</sup>, CO<sub>2</sub>, word<sup><a href='#n'>12</a></sup>, 1<sup>st</sup></p>",
        "<p>x², CO₂, word¹², 1st</p>",
    ),
    "raised figures in a cell and in code": (
        "<table><tr><td>10<sup>6</sup></table><pre>n<sub>i</sub></pre>",
        "<table><tbody><tr><td>10⁶</td></tr></tbody></table><pre><code>nᵢ</code></pre>",
    ),
    "a picture": (f'<img src="{FILE}" alt=" a  b ">', f'<p><img src="{FILE}" alt="a b"></p>'),
    "a picture without words": (f'<p>a<img src="{FILE}" alt=" "></p>', "<p>a</p>"),
}


@pytest.mark.parametrize(("html", "shape"), SHAPES.values(), ids=SHAPES)
def test_shapes(html, shape):
    assert kept(html) == shape


TYPED = {
    "paragraphs and lines": ("<p>a<br>b</p><p>c</p>", "a\nb\n\nc"),
    "a quotation": ("<blockquote><p>a<br>b</p><p>c</p></blockquote><p>d</p>", "> a\n> b\n>\n> c\n\nd"),
    "a numbered list": ("<ol><li>a<ol><li>b</li></ol></li><li>c</li></ol>", "1. a\n  1. b\n2. c"),
    "a numbered list that goes on": ('<ol start="3"><li>a</li><li>b<ul><li>c</li></ul></li></ol>', "3. a\n4. b\n  - c"),
    "a list that begins with nothing": ('<ol start="0"><li>a</li></ol>', "0. a"),
    "a list": ("<ul><li><p>a</p><ul><li>b</li></ul></li><li>c</li></ul>", "- a\n  - b\n- c"),
    "a quotation in a list": ("<ul><li><blockquote>a</blockquote>b</li></ul>", "> a\n  b"),
    "code": ("<pre>a\n b</pre>", "a\n b"),
    "a table": ("<table><tr><td>a<td>b<tr><td>c<td>d</table>", "a | b\nc | d"),
    "chips": (
        '<p>So <a class="cited" data-reading="1">Kotter 1990</a> <span class="mention" data-id="3">@Ana Brandt</span>',
        "So [Kotter 1990] @Ana Brandt",
    ),
}


@pytest.mark.parametrize(("html", "text"), TYPED.values(), ids=TYPED)
def test_rich_text_as_one_would_have_typed_it(html, text):
    assert to_text(read(html)) == text


COUNTS = {
    "marks within a word": ("<p>un<b>believ</b>able</p>", 1),
    "paragraphs part words": ("<p>a</p><p>b</p>", 2),
    "quotations do not count": ("<blockquote><p>a b</p><ul><li>c</li></ul></blockquote><p>d</p>", 1),
    "citations do not count": ('<p>a <a class="cited" data-reading="1" data-page="4">x</a> [Kotter, p. 5]</p>', 1),
    "numbers of lists do not count": ("<ol><li>a</li><li>b</li></ol>", 2),
}


@pytest.mark.parametrize(("html", "count"), COUNTS.values(), ids=COUNTS)
def test_words(html, count):
    assert compose_html(read(html), READINGS).words == count


@pytest.mark.parametrize("tag", ["blockquote", "ul><li", "b", "em><strong", "div", "span", "p", "table><tr><td"])
def test_nesting_without_end_is_cut(tag):
    html = kept(f"<{tag}>" * 5000 + "x")
    assert html.count("<blockquote>") <= MAX_NESTING
    assert html.count("<ul>") <= MAX_NESTING
    assert "x" in html
    assert kept(html) == html


LONG = {
    "open tags": (60_000, lambda n: "<p>" * n),
    "close tags": (50_000, lambda n: "</p>" * n),
    "marks": (25_000, lambda n: "<b>a</b>" * n),
    "breaks": (50_000, lambda n: "<p>" + "<br>" * n + "a"),
    "items": (40_000, lambda n: "<ul>" + "<li>a" * n),
    "cells": (40_000, lambda n: "<table><tr>" + "<td>a" * n),
    "entities": (50_000, lambda n: "&lt;" * n),
    "attributes": (50_000, lambda n: "<p " + "a=b " * n + ">x"),
}


@pytest.mark.parametrize(("size", "make"), LONG.values(), ids=LONG)
def test_work_grows_with_the_length_and_not_with_its_square(size, make):
    def work(html):
        read_safe(compose_html(read(html), READINGS, REFERRED).html, ALLOWED_RICH)

    assert growth(work, make, size) <= MOST


@pytest.mark.parametrize(
    ("html", "below"),
    [
        ("<p>a</p>", "<p>a</p>"),
        ("<h3>a</h3><h4>b</h4><h3>c</h3>", "<h2>a</h2><h3>b</h3><h2>c</h2>"),
        ("<h4>a</h4><h3>b</h3>", "<h2>a</h2><h2>b</h2>"),
        ("<h4>a</h4>", "<h2>a</h2>"),
        ("<p>&lt;h3&gt;</p>", "<p>&lt;h3&gt;</p>"),
    ],
)
def test_headings_below_a_title_skip_no_level(html, below):
    assert headings_below_title(html) == below


@pytest.mark.parametrize("unit", ["a<li>", "<p>a", "<b>a</b> ", "<td>a", "<i>a</i><br>"])
def test_a_megabyte_of_markup_takes_no_longer_than_its_words(unit):
    """Fields that were refused for their length are shown again with their words."""
    html, words = (text * (1_000_000 // len(text)) for text in (unit, "a few words "))
    began = time.thread_time()
    plain_of(html)
    of_markup = time.thread_time() - began
    began = time.thread_time()
    plain_of(words)
    assert of_markup <= MOST * (time.thread_time() - began)
    assert is_too_rich(html)
    assert not is_too_rich(unit * 500)
