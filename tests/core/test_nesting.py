"""HTML that would take too long to read is recognized by its tags, before anything reads it."""

import re

import nh3
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lti_app.core import cleaning, nesting
from lti_app.core.cleaning import Cleaner, words_alone
from lti_app.core.nesting import MAX_ATTRIBUTES, MAX_DEPTH, MAX_MISPLACED, MAX_TAGS, is_too_complex
from tests.architecture.tree import package_files

TOO_COMPLEX = {
    "blocks": "<div>" * 40_000,
    "lists": "<ul><li>" * 25_000,
    "code": "<pre>" * 30_000,
    "tables": "<table><td>" * 20_000,
    "unknown elements": "<x>" * 40_000,
    "elements that are not ended by what seems to": "<span><div></span>" * 10_000,
    "elements behind a table": "<div><table></div></table>" * 10_000,
    "elements behind a list": "<div><select></div></select>" * 10_000,
    "ends in a title": "<div><title></div></title>" * 10_000,
    "ends in a comment": "<div><!-- </div> -->" * 10_000,
    "ends in an attribute": "<div a='</div>' b=\"</div>\">" * 10_000,
    "ends in character data": "<div><svg><![CDATA[</svg></div>]]></svg>" * 10_000,
    "drawings": "<svg>" * 40_000,
    "formatting that never ends": "".join(f"<b a={n}>" for n in range(1_000)) + "<p>" * 1_000,
    "formatting that goes on in each block": "".join(f"<p><b a={n}></p>" for n in range(1_000)),
    "attributes": "<p " + " ".join(f"a{n}" for n in range(MAX_ATTRIBUTES + 1)) + ">x",
    "attributes of one body": "".join(f"<body a{n}>" for n in range(MAX_ATTRIBUTES + 1)),
    "texts between cells": "<table>" + "x<tr>" * (MAX_MISPLACED + 1),
    "marks between cells": "<table>" + "x<b>y</b>" * MAX_MISPLACED,
    "tags": "<br>" * (MAX_TAGS + 1),
    "entities in one run": "&amp;" * 60_000,
    "entities in one attribute": "<a href='" + "&amp;" * 60_000 + "'>",
    "a script that may or may not end": "<script><!-- <script></script>",
}
ORDINARY = {
    "paragraphs without ends": "<p>a" * 10_000,
    "items without ends": "<ul>" + "<li>a<p>b" * 10_000,
    "terms without ends": "<dl>" + "<dt>a<dd>b" * 10_000,
    "cells without ends": "<table>" + "<tr><td><b>a</b><td><p>b" * 10_000,
    "choices": "<select>" + "<option>a" * 10_000,
    "void elements": "<br><img><hr>" * 10_000,
    "marks": "<p><b>a</b> <i>b</i></p>" * 10_000,
    "crossed marks": "<p><b>a<i>b</b>c</i></p>" * 10_000,
    "what a word processor writes": "<p class=Mso><span lang=EN>a<o:p></o:p></span></p>" * 10_000,
    "pictures drawn": "<p><svg><g><path d='M0'/><path d='M0'/></g></svg></p>" * 5_000,
    "styles and scripts": "<style>p > a {}</style><script>if (a<b) { '<div>' }</script>" * 5_000,
    "an old script": "<script><!--\nx()\n//--></script>" * 5_000,
    "entities": "<p>a &amp; b</p>" * 20_000,
    "quotations within quotations": "<blockquote>" * 100 + "a" + "</blockquote>" * 100,
    "ends alone": "</div></p></b></table>" * 10_000,
    "not even tags": "a < b <3 <" * 10_000,
}


@pytest.mark.parametrize("html", TOO_COMPLEX.values(), ids=TOO_COMPLEX)
def test_what_would_take_too_long_never_meets_the_sanitiser(monkeypatch, html):
    monkeypatch.setattr(cleaning.nh3, "Cleaner", lambda **_rules: None)  # has nothing to call
    cleaner = Cleaner(tags={"p"})
    assert is_too_complex(html)
    assert "<" not in cleaner.clean(html)


@pytest.mark.parametrize("html", ORDINARY.values(), ids=ORDINARY)
def test_what_people_write_is_no_problem(html):
    assert not is_too_complex(html)


def test_words_stay():
    assert words_alone("<p>a &amp; b&nbsp;c</p>&#233;&bogus; 1 < 2 &#" + "9" * 5_000 + ";").startswith(
        "\na & b\u00a0c\né"
    )
    assert Cleaner(tags={"p"}).clean("<div>" * 1_000 + "a<script>&lt;") == "\n" * 1_000 + "a\n&lt;"


def test_every_sanitiser_stands_behind_the_gate():
    importing = [source.path for source in package_files() if re.search(r"^\s*(?:import|from) nh3", source.text, re.M)]
    assert importing == ["lti_app/core/cleaning.py"]


# How deep it really is, is seen from what the sanitiser makes of it.
NAMES = [
    "a b font span div p ul li dd dt h1 h2 section x body br hr input ruby rt object marquee button form svg math g",
    "mi desc title foreignobject annotation-xml template textarea style script",
    "table tbody tr td caption select option",
]
NAMES = [name for line in NAMES for name in line.split()]
OTHER = [
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "text",
    '"',
    "'",
    '<p a="',
    ">",
    "<g/>",
    "<font color=1>",
    "<b a=1>",
    "</x>",
]
READER = nh3.Cleaner(tags=set(NAMES), clean_content_tags=set(), attributes={}, link_rel=None)
VOID = {"br", "hr", "input"}
RAW = re.compile(r"<(style|script)\b[^>]*>.*?</\1>", re.DOTALL)
TIMES = 30


def real_depth(html):
    depths = [0]
    for tag in re.finditer(r"<(/?)([a-z0-9-]+)[^>]*>", RAW.sub("", READER.clean(html))):
        if tag[2] not in VOID:
            depths.append(depths[-1] + (-1 if tag[1] else 1))
    return max(depths)


class Look(nesting._Look):
    deepest = 0

    def _is_at_a_limit(self):
        self.deepest = max(self.deepest, self.elements.depth)
        return False


tags = st.sampled_from(NAMES).flatmap(lambda name: st.sampled_from([f"<{name}>", f"</{name}>"]))


@given(st.lists(tags | st.sampled_from(OTHER), min_size=1, max_size=7).map("".join), st.lists(tags, max_size=2))
@settings(max_examples=400)
@example("<div><select></div></select>", [])
@example("<form><object></form></object>", [])
@example("<b><h2></b><h2>", [])
@example("</template><div></marquee></template><template><marquee></br>", ["<ul>"])
@example("<math><font></font></font>", [])
@example("<p><svg></p><g/>", [])
@example("<object></a><table></table><a><table>", [])
@example("<x><x><font></x></path><path></font>", [])
def test_no_shape_is_much_deeper_than_it_seems(piece, before):
    html = "".join(before) + piece * TIMES
    look = Look(html)
    assert look.finds_too_much() is False or "<!--" in html
    assert real_depth(html) <= 2 * look.deepest + TIMES // 2


def test_the_limit_is_where_it_says():
    assert not is_too_complex("<div>" * MAX_DEPTH)
    assert is_too_complex("<div>" * (MAX_DEPTH + 1))


LINES = [
    "<p>",
    "</p>",
    "<blockquote><p>",
    "</p></blockquote>",
    "<br>",
    '<a href="/x">',
    "</a>",
    "<em>",
    "</em>",
    "a & b",
]


@given(st.lists(st.sampled_from([*LINES, "<p>a</p>", "<svg>", "<!--", "<p>a<em>b</em></p>"]), max_size=8).map("".join))
@settings(max_examples=300)
@example("<p>a</p>" * (MAX_DEPTH + 1))
@example("<p>" + "&" * 100_001 + "</p>")
@example("<p>" + "<em>" * (MAX_DEPTH + 1) + "</p>")
@example("<p><a " + " ".join(f'{n:a>9}="x"' for n in range(MAX_ATTRIBUTES + 1)) + ">x</a></p>")
def test_paragraphs_that_are_not_followed_tag_by_tag_are_no_exception(html):
    assert is_too_complex(html) is nesting._Look(html).finds_too_much()
