"""The checks that every page goes through find what they look for."""

import pytest

from tests.web.page import faults, parse

GOOD = """<!doctype html>
<html lang="en" dir="ltr"><head><meta charset="utf-8"><title>T</title><script src="/a.js"></script></head>
<body><main><h1>One</h1><h2>Two</h2>%s</main></body></html>"""
FORM = '<form method="post"><input type="hidden" name="csrf_token" value="t">%s</form>'


def test_good_page_has_no_faults():
    fields = (
        '<label for="a">A</label><input id="a" name="a"><label><input type="checkbox"> B</label><button>Go</button>'
    )
    assert faults(parse(GOOD % (FORM % fields + '<h3 id="b">Three</h3><a href="#b">There</a>'))) == []


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        ("<script>x()</script>", "inline <script>"),
        ("<style>p{}</style>", "inline <style>"),
        ('<p style="x">', "style on <p>"),
        ('<a href="/x" onclick="x()">x</a>', "onclick on <a>"),
        ('<a href=" javascript:x()">x</a>', "href= javascript:x() on <a>"),
        ('<form method="post"></form>', "form without CSRF token"),
        ('<form action="/x"></form>', "form without method post"),
        (FORM % '<input name="a">', "no label: <input"),
        (FORM % '<textarea name="a"></textarea>', "no label: <textarea"),
        (FORM % "<button></button>", "no words: <button"),
        ("<h4>Four</h4>", "h4 after h2"),
        ("<h1>Another</h1>", "headings: [1, 2, 1]"),
        ("<h3></h3>", "empty h3"),
        ('<p id="a">1</p><p id="a">2</p>', "id a 2 times"),
        ('<p aria-labelledby="none">1</p>', "aria-labelledby to no id: none"),
        ('<a href="#none">x</a>', "link to no id: #none"),
    ],
)
def test_fault_is_found(html, fault):
    found = faults(parse(GOOD % (html if "</" in html else f"{html}</p>")))
    assert any(one.startswith(fault) for one in found), found


def test_page_without_language_title_or_main_is_found():
    assert faults(parse("<html><body><h1>One</h1></body></html>")) == [
        "no language or direction",
        "no title",
        "no main",
    ]


@pytest.mark.parametrize("html", ["<p><b></p></b>", "<p>", "</p>", '<p class="a" class="b"></p>'])
def test_markup_that_a_browser_would_have_to_mend_is_found(html):
    with pytest.raises(AssertionError):
        parse(html)
