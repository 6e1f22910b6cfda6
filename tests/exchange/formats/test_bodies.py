"""What a post of a file says: text where it only looks like markup, paragraphs where there were some, and the names of
what cannot come along.
"""

from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_app.exchange.formats.bodies import body_of
from lti_app.exchange.formats.dates import DateReader
from lti_app.exchange.formats.entries import Entry, Fault, Markup, Parsed, Shape
from lti_app.exchange.formats.markup import pieces_of
from lti_app.exchange.importing.rules.arrange import arrange
from lti_app.exchange.importing.rules.posts import to_post
from tests.cast import MONDAY
from tests.core.growth import MOST, growth

DATES = DateReader(UTC)


def entry(text, markup=Markup.UNKNOWN, **facts):
    return Entry(1, "1", "", "Ana", "", MONDAY, text, markup, **facts)


def html(text, markup=Markup.UNKNOWN, **facts):
    arranged = arrange(Parsed(Shape.ROWS, [entry(text, markup, **facts)]), max_depth=100, now=MONDAY)
    return to_post(arranged.entries[0], [])[0].html if arranged.entries else ""


ONLY_TEXT = [
    "a < b and b > a",
    "<Zaleznik 1977> says so",
    "I love it <3",
    "the <b is not closed",
    "<notatag>",
    "write to <a.brandt@example.edu>",
    "a List<String> or a Map<a, b> or vector<a>",
    "</p> alone",
    "If a <b and c> d then what?",
    "<i.e. doers> and <a.k.a. dreamers>",
    "<https://example.edu/a>",
    "<-- look -->",
    "<b>",
    "x <- 3 and y <= 4",
    "</notatag></b>",
    "<p class>",
]


@pytest.mark.parametrize("text", ONLY_TEXT)
def test_what_is_no_whole_tag_is_text(text):
    assert body_of(entry(text)).text == text
    assert not body_of(entry(text)).is_html
    assert pieces_text(html(text)) == text


@pytest.mark.parametrize("text", [text for text in ONLY_TEXT if text not in ("</p> alone", "<b>", "</notatag></b>")])
def test_it_is_text_in_html_too(text):
    assert pieces_text(html(f"<p>{text}</p>", Markup.HTML)) == text
    assert text in pieces_text(html(f"{text} <em>stress</em>"))


def pieces_text(markup):
    from html import unescape

    return unescape("".join(piece.text for piece in pieces_of(markup) if not piece.tag))


PARAGRAPHS = {
    "First.\n\nSecond.": "<p>First.</p><p>Second.</p>",
    "First.\r\n\r\nSecond.": "<p>First.</p><p>Second.</p>",
    "First.\r\rSecond.": "<p>First.</p><p>Second.</p>",
    "First.\u2029Second.": "<p>First.</p><p>Second.</p>",
    "One\u2028two": "<p>One<br>two</p>",
    "One\rtwo": "<p>One<br>two</p>",
    "First.\n\nSecond <b>bold</b>.\n \nThird,\nbroken.": (
        "<p>First.</p><p>Second <strong>bold</strong>.</p><p>Third,<br>broken.</p>"
    ),
    "<b>a</b>\n\n<i>b</i>": "<p><strong>a</strong></p><p><em>b</em></p>",
    "First.<br>Second.<br/><br />Third.": "<p>First.<br>Second.<br><br>Third.</p>",
    "<p>One\ntwo</p>\n\n<p>Three</p>": "<p>One two</p><p>Three</p>",
    "<p>One</p>two\n\nthree": "<p>One</p><p>two</p><p>three</p>",
    "Intro\n\n<ul>\n<li>a</li>\n\n<li>b</li>\n</ul>\n\nEnd": (
        "<p>Intro</p><ul><li><p>a</p></li><li><p>b</p></li></ul><p>End</p>"
    ),
    "<section>a</section><section>b</section>": "<p>a</p><p>b</p>",
    "&lt;escaped&gt; &amp; &#8217;": "<p>&lt;escaped&gt; &amp; ’</p>",
    "<!-- wp:paragraph --><p>a</p><!-- /wp:paragraph -->": "<p>a</p>",
    "one <!-- never closed": "<p>one &lt;!-- never closed</p>",
    "<p>one<p>two": "<p>one</p><p>two</p>",
}


@pytest.mark.parametrize(("text", "wanted"), PARAGRAPHS.items())
def test_paragraphs_and_lines_survive(text, wanted):
    assert html(text) == wanted


def test_blank_lines_part_the_paragraphs_of_wordpress():
    text = "First.\n\n<blockquote>Said\n\ntwice</blockquote>\nLine\n<strong>two</strong>"
    assert html(text, Markup.WORDPRESS) == (
        "<p>First.</p><blockquote><p>Said</p><p>twice</p></blockquote><p>Line<br><strong>two</strong></p>"
    )


def test_text_that_says_it_is_text_is_left_alone():
    assert html("<b>bold</b> &amp; more", Markup.TEXT) == "<p>&lt;b&gt;bold&lt;/b&gt; &amp;amp; more</p>"


LOST = {
    '<img src="https://e.org/chart.png" alt="Eight steps">': ("[Picture: Eight steps]", Fault.PICTURE),
    '<img src="https://e.org/my%20chart.png">': ("[Picture: my chart.png]", Fault.PICTURE),
    '<img src="data:image/png;base64,AAAA">': ("[Picture]", Fault.PICTURE),
    '<img class="equation_image" src="/equation_images/x" alt="LaTeX: x^2">': ("[Equation: x^2]", Fault.EQUATION),
    '<img data-equation-content="a&lt;b" src="/e">': ("[Equation: a<b]", Fault.EQUATION),
    '<math alttext="x+1"><mi>x</mi></math>': ("[Equation: x+1]", Fault.EQUATION),
    '<math><semantics><mi>x</mi><annotation encoding="application/x-tex">\\frac1x</annotation></semantics></math>': (
        "[Equation: \\frac1x]",
        Fault.EQUATION,
    ),
    '<script type="math/tex; mode=display">x^2</script>': ("[Equation: x^2]", Fault.EQUATION),
    '<a href="papers/essay.docx">my essay</a>': ("[File: my essay]", Fault.FILE),
    '<a href="/course/view/plan.PDF"></a>': ("[File: plan.PDF]", Fault.FILE),
    "<math><mi>x</mi><mo>=</mo><mn>1</mn></math>": ("[Equation: x = 1]", Fault.EQUATION),
    '<iframe src="https://www.youtube.com/embed/abc?x=1" title="Talk"></iframe>': (
        "[Video: Talk (www.youtube.com/embed/abc)]",
        Fault.VIDEO,
    ),
    '<iframe src="/media_objects_iframe/m-1?type=audio" data-media-type="audio" title="Note"></iframe>': (
        "[Audio: Note]",
        Fault.AUDIO,
    ),
    '<iframe src="https://maps.example/x"></iframe>': ("[Embedded content: maps.example/x]", Fault.EMBEDDED),
    '<video><source src="/a/lecture.mp4">fallback</video>': ("[Video: lecture.mp4]", Fault.VIDEO),
    '<audio src="x/y.mp3" title="Voice"></audio>': ("[Audio: Voice]", Fault.AUDIO),
    '<a class="instructure_inline_media_comment video_comment" id="media_comment_m-2" href="/m">My answer</a>': (
        "[Video: My answer]",
        Fault.VIDEO,
    ),
    '<a class="instructure_file_link" href="/courses/1/files/7/download">notes.pdf</a>': (
        "[File: notes.pdf]",
        Fault.FILE,
    ),
    '<a href="https://m.example/pluginfile.php/1/essay.docx">essay.docx</a>': ("[File: essay.docx]", Fault.FILE),
    '<svg aria-label="Diagram"><path d="M0 0"></path></svg>': ("[Picture: Diagram]", Fault.PICTURE),
}


@pytest.mark.parametrize(("markup", "wanted"), LOST.items())
def test_what_cannot_come_is_named_in_its_place(markup, wanted):
    shown, fault = wanted
    body = body_of(entry(f"<p>{markup}</p>", Markup.HTML))
    assert [kind for kind, _name in body.lost] == [fault]
    assert not body.is_empty
    assert pieces_text(html(f"<p>Look: {markup}</p>", Markup.HTML)) == f"Look: {shown}"


def test_attachments_are_named_below_the_post():
    assert html("Words", files=("a.docx", "b.pdf")) == "<p>Words</p><p>[File: a.docx]</p><p>[File: b.pdf]</p>"
    assert html("<p>Words</p>", Markup.HTML, files=("",)) == "<p>Words</p><p>[File]</p>"


def test_codes_of_wordpress_are_read():
    caption = '[caption id="a" width="3"]<img src="/x.png" alt="Map"> By hand[/caption]'
    assert pieces_text(html(caption, Markup.WORDPRESS)) == "[Picture: Map] By hand"
    assert pieces_text(html('[video mp4="/v/a.mp4"][/video]', Markup.WORDPRESS)) == "[Video: a.mp4]"
    assert pieces_text(html("[embed]https://e.org/1[/embed] [sic]", Markup.WORDPRESS)) == "https://e.org/1 [sic]"


@pytest.mark.parametrize("text", ['<img class="wp-smiley" alt="🙂" src="/s.svg">', '<img alt="🙂" class="emoji">'])
def test_a_small_picture_for_a_sign_is_the_sign(text):
    assert html(f"<p>Yes {text}</p>", Markup.HTML) == "<p>Yes 🙂</p>"
    assert body_of(entry(text, Markup.HTML)).lost == ()


def test_formulas_in_text_stay():
    assert html(r"<p>\(a^2\) and $$x$$</p>", Markup.HTML) == r"<p>\(a^2\) and $$x$$</p>"
    assert html(r"\(a<b\) and $a<b$ or c>d") == r"<p>\(a&lt;b\) and $a&lt;b$ or c&gt;d</p>"


def test_a_post_of_nothing_is_empty():
    assert body_of(entry("<p>&nbsp;</p><br>", Markup.HTML)).is_empty
    assert body_of(entry("<script>x</script>", Markup.HTML)).is_empty


@given(st.text(st.sampled_from("ab <>/=\"'!-pbi&;\n3@."), max_size=80))
def test_no_word_of_a_text_without_elements_is_lost(text):
    body = body_of(entry(text))
    if not body.is_html and "&" not in text:
        assert body.text == text


@pytest.mark.parametrize(
    "part", ["<b ", '<b a="', "<b a='<", "<!--", "<a b=c ", "</b>", "<p>", "\n\n", "<x", "<b a=1 "]
)
def test_a_long_text_takes_time_in_proportion(part):
    assert growth(lambda text: body_of(entry(text)), lambda size: part * size, 8_000) <= MOST


def test_marks_that_browsers_put_around_a_quotation_come_along():
    assert html("<p>He <q>said so</q>.</p>") == "<p>He “said so”.</p>"


@pytest.mark.parametrize(
    "href", ["https://example.org/a.pdf", "//example.org/a.pdf", "#a.pdf", "/about", "mailto:a@b.pdf"]
)
def test_links_that_lead_somewhere_are_no_lost_files(href):
    assert not body_of(entry(f'<p><a href="{href}">it</a></p>')).lost
