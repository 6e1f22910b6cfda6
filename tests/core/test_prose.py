"""Plain text to safe HTML: nothing gets through that is not ours, and nothing that was written gets lost."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_app.core import prose
from lti_app.core.prose import (
    MAX_MARKS,
    clean_line,
    clean_text,
    count_words,
    cut,
    link_addresses,
    normalized,
    sanitise,
    to_html,
)
from tests.architecture.tree import package_files
from tests.core.growth import MOST, growth
from tests.core.markup import bare, read_safe

ATTACKS = {
    "script": "<script>alert(1)</script>",
    "script in capitals": "<ScRiPt SRC=//evil.example/x.js></sCrIpT>",
    "event handler": '<img src=x onerror="alert(1)">',
    "event handler without spaces": "<svg/onload=alert(1)>",
    "handler on an allowed tag": '<p onmouseover=alert(1)>x</p><a href="https://good.example" onclick=alert(1)>x</a>',
    "javascript address": '<a href="javascript:alert(1)">x</a>',
    "javascript address in disguise": '<a href=" jav&#x09;ascript:alert(1)">x</a>',
    "entities": "&lt;script&gt;alert(1)&lt;/script&gt; &#60;script&#62;",
    "data address": '<a href="data:text/html;base64,PHNjcmlwdD4=">x</a> data:text/html,<script>alert(1)</script>',
    "vbscript": '<a href="vbscript:msgbox(1)">x</a>',
    "svg": '<svg><a xlink:href="javascript:alert(1)"><text x="20" y="20">x</text></a></svg>',
    "mathml": "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>",
    "mutation by noscript": '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "mutation by form": "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "mutation by svg style": '<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">',
    "comment": "<!-- --!><img src=x onerror=alert(1)> -->",
    "conditional comment": "<!--[if IE]><script>alert(1)</script><![endif]-->",
    "doctype": '<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]>&x;',
    "character data": "<![CDATA[<script>alert(1)</script>]]>",
    "template": "<template><script>alert(1)</script></template>",
    "iframe": '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    "style": '<p style="background:url(javascript:alert(1))"><style>@import "//evil.example"</style>',
    "base": '<base href="//evil.example/">',
    "refresh": '<meta http-equiv=refresh content="0;url=//evil.example">',
    "unclosed": '<a href="https://good.example" title="',
    "quote breaks out of an address": 'https://good.example/"onmouseover="alert(1)',
    "apostrophe breaks out of an address": "https://good.example/'onmouseover='alert(1)",
    "tag behind an address": "https://good.example/<script>alert(1)</script>",
    "control inside a tag": "<scr\0ipt>alert(1)</scr\0ipt>",
    "tab inside an address": "https://good.example/\tjavascript:alert(1)",
    "nested": "<<script>script>alert(1)<</script>/script>",
    "template language": "{{ config }} {% raw %} ${7*7} <%= 7*7 %>",
}


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
@pytest.mark.parametrize("around", ["{}", "> {}", "before\n\n{}\nafter"])
def test_hostile_text_is_shown_and_never_obeyed(attack, around):
    text = around.format(attack)
    page = read_safe(to_html(text))
    assert bare(page.text) == bare(clean_text(text))
    assert all(link.startswith(("https://good.example", "http://good.example")) for link in page.links)


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_hostile_markup_loses_all_that_is_not_ours(attack):
    read_safe(sanitise(attack))


@given(st.text(max_size=300) | st.text(alphabet="<>&\"'/=:;[]() \n\tahtps", max_size=300))
def test_whatever_is_written_is_shown_whole(text):
    page = read_safe(to_html(text))
    assert bare(page.text) == bare(clean_text(text))


@given(st.text(max_size=300))
def test_cleaning_twice_changes_nothing(text):
    cleaned = clean_text(text)
    assert clean_text(cleaned) == cleaned
    assert "\0" not in cleaned
    cleaned.encode()  # no lone surrogate, which no database stores


CLEANED = {
    "line ends": ("a\r\nb\rc", "a\nb\nc"),
    "NUL and controls": ("a\0b\x07c\x1b[31m\x85d", "abc[31md"),
    "lone surrogates": ("a\ud800b\udfff", "ab"),
    "tab stays": ("a\tb", "a\tb"),
    "composed": ("Cafe\u0301", "Caf\u00e9"),
    "edges": ("  \n a \n ", "a"),
    "turning marks": ("a\u202egnp.exe\u202c \u2066b\u2069", "agnp.exe b"),
    "marks that turn nothing stay": ("\u05d0\u200f(1)", "\u05d0\u200f(1)"),
    "emoji of several characters": ("👩\u200d🚀 👍🏽", "👩\u200d🚀 👍🏽"),
    "Arabic and Hebrew": ("القيادة מנהיגות", "القيادة מנהיגות"),
    "only spaces": (" \t\n\u00a0\u2003 ", ""),
    "nothing that can be seen": ("\u200b\u2060\ufeff \u00ad", ""),
    "no characters": ("a\ufffe\uffffb", "ab"),
}


@pytest.mark.parametrize(("text", "kept"), CLEANED.values(), ids=CLEANED)
def test_clean_text(text, kept):
    assert clean_text(text) == kept


WORDS = {
    "none": ("", 0),
    "plain": ("Leaders cope with change.", 4),
    "apostrophes and hyphens": ("don't it’s well-being Führungs‑Stil", 4),
    "decimals and addresses of posts": ("3.5 2.3.1", 2),
    "dashes between words": ("change – not order — matters", 4),
    "quoted lines do not count": ("> Leaders cope\n  > with\nI disagree", 2),
    "a mark inside a line is no quotation": ("a > b", 2),
    "punctuation alone": ("... !? — – * #", 0),
    "underlines": ("_so_ it_is", 3),
    "emoji": ("👍🏽 good 👩\u200d🚀", 1),
    "accents apart": ("Cafe\u0301 re\u0301sume\u0301", 2),
    "Hindi": ("हिन्दी में नेतृत्व", 3),
    "Arabic with vowels": ("القِيَادَة والتَّغْيِير", 2),
    "Hebrew": ("מנהיגות ושינוי", 2),
    "Persian with joiners": ("می\u200cخواهم بروم", 2),
    "soft hyphens and hidden spaces make no words": ("Füh\u00adrungs\u00adkraft l\u200be\u200ba\u200bd", 2),
}


@pytest.mark.parametrize(("text", "count"), WORDS.values(), ids=WORDS)
def test_count_words(text, count):
    assert count_words(text) == count


SHAPES = {
    "nothing": ("", ""),
    "a paragraph": ("a", "<p>a</p>"),
    "lines": ("a\nb", "<p>a<br>b</p>"),
    "paragraphs": ("a\n\n\n \nb", "<p>a</p><p>b</p>"),
    "a quotation and its answer": ("> a\n> b\nc", "<blockquote><p>a<br>b</p></blockquote><p>c</p>"),
    "an answer and a quotation": ("a\n>b", "<p>a</p><blockquote><p>b</p></blockquote>"),
    "markup as text": ('1 < 2 & "x"', '<p>1 &lt; 2 &amp; "x"</p>'),
}


@pytest.mark.parametrize(("text", "html"), SHAPES.values(), ids=SHAPES)
def test_to_html(text, html):
    assert to_html(text) == html


ADDRESSES = {
    "plain": ("see https://a.example/b?c=d&e=f#g now", ["https://a.example/b?c=d&e=f#g"]),
    "end of a sentence": ("see https://a.example/b.", ["https://a.example/b"]),
    "in brackets": ("(https://a.example/b)", ["https://a.example/b"]),
    "two": ("http://a.example, https://b.example!", ["http://a.example", "https://b.example"]),
    "other schemes are text": ("ftp://a.example file:///etc javascript:alert(1) //a.example", []),
    "nothing behind the scheme": ("https:// http://", []),
}


@pytest.mark.parametrize(("text", "links"), ADDRESSES.values(), ids=ADDRESSES)
def test_addresses_become_links_that_open_apart(text, links):
    html = to_html(text)
    assert read_safe(html).links == links
    assert html.count('rel="noopener nofollow ugc"') == html.count('target="_blank"') == len(links)


MANY = 200_000
LONG = {
    "one word": lambda n: "x" * n,
    "words": lambda n: "lead " * n,
    "quotation marks": lambda n: ">" * n,
    "quoted lines": lambda n: "> a\n" * (n // 4),
    "line ends": lambda n: "\n" * n + "x",
    "spaces between line ends": lambda n: "\n \t" * (n // 3) + "x",
    "spaces that end in no line end": lambda n: "x\n" + " " * n + "x",
    "schemes": lambda n: "https://" * (n // 8),
    "an address of points": lambda n: "https://" + "." * n,
    "hyphens": lambda n: "a-" * (n // 2),
    "points": lambda n: "a." * (n // 2),
    "accents": lambda n: "e\u0301" * (n // 2),
    "mail without an end": lambda n: "a@" * (n // 2),
    "mail to points": lambda n: "a@" + "b." * (n // 2),
    "sites without a path": lambda n: "ab." * (n // 3) + "/",
    "numbers": lambda n: "1," * (n // 2),
    "one letter of joiners": lambda n: "a" + "\u200d\U0001f3eb" * (n // 2),
}


@pytest.mark.parametrize("make", LONG.values(), ids=LONG)
def test_work_grows_with_the_length_and_not_with_its_square(make):
    """No step looks again at what it has passed; else these would take thousands of millions of steps, and not end."""
    works = (clean_text, lambda text: count_words(clean_text(text)), link_addresses, to_html, lambda s: cut(s, 500))
    for work in works:
        assert growth(work, make, MANY) <= MOST


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (" What\tLeaders\r\n\r\nReally  Do ", "What Leaders Really Do"),
        ("Cafe\u0301 \u202egnp\0", "Café gnp"),
        ("\u200b \u200d", ""),
        ("a b c", "a b"),
    ],
)
def test_clean_line(text: str, line: str):
    assert clean_line(text, 4 if text == "a b c" else None) == line


@pytest.mark.parametrize(
    ("text", "length", "beginning"),
    [
        ("Week 1 👩🏽‍🏫 again", 9, "Week 1"),
        ("Week 1 👩🏽‍🏫 again", 11, "Week 1 👩🏽‍🏫"),
        ("🇩🇪🇫🇷🇮🇹", 5, "🇩🇪🇫🇷"),
        ("e\u0323\u0302x", 2, "e\u0323"),
        ("नमस्ते", 3, "नम"),
        ("abc", 3, "abc"),
    ],
)
def test_a_cut_leaves_no_half_letter_behind(text, length, beginning):
    assert cut(text, length) == beginning


@pytest.mark.parametrize("end", ["。好", "，然后", "）", "」と", "”"])
def test_a_wide_mark_ends_an_address(end):
    assert f">https://example.com/道</a>{end}" in link_addresses(f"见https://example.com/道{end}")


@pytest.mark.parametrize("text", ["\u3164" * 3, "\u115f \uffa0", "\u2800\u2800", "\u200b\u00ad", "\u180b\ufe0f"])
def test_letters_that_nobody_can_see_make_no_text(text):
    assert clean_text(text) == ""


@pytest.mark.parametrize("emoji", ["🩷", "🫨", "🛜", "🪿", "🫩"])
def test_emoji_newer_than_the_tables_of_this_python_stay(emoji):
    assert clean_text(f"Yes {emoji}!") == f"Yes {emoji}!"


def test_what_is_no_character_goes():
    assert clean_text("a\ufffe\U0001ffff\ud800b") == "ab"


WHOLE = {
    "Vietnamese": "Nguy\u1ec5n ti\u1ebfng Vi\u1ec7t",
    "Hebrew with points and accents": "\u05d1\u05bc\u05b0\u05e8\u05b5\u05d0\u05e9\u05c1\u05b4\u0596\u05d9\u05ea",
    "Arabic with harakat": "\u0627\u0644\u0644\u0651\u064e\u0670\u0647\u0650",
    "Thai": "\u0e19\u0e49\u0e33\u0e1e\u0e36\u0e48\u0e07",
    "Hindi": "\u0915\u094d\u0937\u0947\u0924\u094d\u0930\u0940\u0902",
    "Burmese": "\u1000\u103c\u103d\u103e\u102d\u102f\u1036\u1037\u1038",
    "Tibetan": "\u0f67\u0fa9\u0fa8\u0fa8\u0fb3\u0fba\u0fbc\u0fbb\u0f7e",
    "phonetics": "a\u0330\u0303\u0301\u02d0",
}


@pytest.mark.parametrize("text", WHOLE.values(), ids=WHOLE)
def test_marks_of_real_scripts_stay(text):
    assert clean_text(text) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize(
    ("mark", "most"), [("\u0316", 4), ("\u030d\u0316", 4), ("\u0e47", 8), ("\u0651", 8), ("\u20e5", 4)]
)
def test_stacked_marks_go(mark, most):
    kept = clean_text(f"before Z{mark * 60} after")
    assert kept.startswith("before Z")
    assert kept.endswith(" after")
    assert sum(unicodedata.category(ch)[0] == "M" for ch in kept) <= most
    assert clean_text(kept) == kept


MARKS = ["\u0315\u0300", "\u0300\u0315\u0323", "\u0344\u0315", "\u3099\u0300"]


@pytest.mark.parametrize("marks", MARKS)
def test_marks_without_end_are_sorted_a_few_at_a_time(monkeypatch, marks):
    runs = []

    def counted(form, text):
        runs.extend(len(run) for run in re.findall(r"[^\w\s\x00-\u02ff\u034f]+", text))
        return text

    monkeypatch.setattr(prose.unicodedata, "normalize", counted)
    assert normalized("NFC", "e" + marks * 50_000).replace("\u034f", "") == "e" + marks * 50_000
    assert max(runs) == MAX_MARKS


@given(st.text(alphabet="ae\u0301\u0315\u0323\u00e9漢\u0344 -—", max_size=60))
def test_what_people_write_is_normalized_as_ever(text):
    assert normalized("NFKD", text) == unicodedata.normalize("NFKD", text)


def test_only_what_counts_the_marks_normalizes():
    calling = [source.path for source in package_files() if "unicodedata.normalize(" in source.text]
    assert calling == ["lti_app/core/prose.py"]
