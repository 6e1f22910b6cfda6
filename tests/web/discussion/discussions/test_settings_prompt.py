"""The prompt of a discussion: rich text from the editor, plain without it."""

import io

import pytest
from pypdf import PdfReader

from tests.factories import files
from tests.web.page import parse
from tests.web.site import address
from tests.web.uploads import content_of, send_file

RICH = (
    "<h3>Two accounts</h3><p>Who is <strong>right</strong>, as [Kotter, p. 104] says?</p>"
    "<ul><li><p>leaders</p></li><li><p>managers</p></li></ul>"
    '<p><a href="javascript:alert(1)">no</a><img src="x" onerror="alert(1)"> @Ana Brandt</p><script>alert(2)</script>'
)


@pytest.fixture
def path(with_readings):
    return address(with_readings, "settings")


@pytest.fixture
def saved(site, cast, path):
    """An instructor's browser, after the prompt came from the editor."""
    browser = site.browser(cast.ines)
    assert browser.post_form(path, path, prompt=RICH, format="html").status == 303
    return browser


def shown(site, discussion, who=None):
    return site.browser(who or site.cast.ana).get(address(discussion)).page.one("div", class_="prompt")


def test_markup_is_shown_and_nothing_runs(site, cast, with_readings, saved):
    prompt = shown(site, with_readings)
    assert [item.text for item in prompt.all("li")] == ["leaders", "managers"]
    assert prompt.one("strong").text == "right"
    assert prompt.one("h2").text == "Two accounts"
    assert prompt.one("a", class_="cited").text == "Kotter 1990, p. 104"
    assert not prompt.all("img", "script")
    assert not any(link.attrs.get("href", "").startswith("javascript") for link in prompt.all("a"))
    assert not prompt.all("span", class_="mention")


def test_the_editor_begins_with_what_is_shown(site, cast, path, with_readings, saved):
    field = saved.get(path).page.one("textarea", name="prompt")
    assert "<strong>right</strong>" in field.attrs["data-rich"]
    assert "leaders" in field.written
    assert "<" not in field.written


def test_without_scripts_the_look_stays_while_the_words_do(site, cast, path, with_readings, saved):
    assert saved.post_form(path, path, points="7").status == 303
    assert shown(site, with_readings).all("li")
    assert saved.post_form(path, path, prompt="Only\n\nwords").status == 303
    assert [p.text for p in shown(site, with_readings).all("p")] == ["Only", "words"]


def test_a_picture_is_seen_by_the_class(site, cast, path, with_readings):
    browser = site.browser(cast.ines)
    picture = send_file(browser, cast, files.png(), "chart.png", json=True).response.json
    ana = site.browser(cast.ana)
    assert ana.get(picture["url"]).status == 404
    html = f'<p>Look:</p><p><img src="{picture["url"]}" alt="A chart"></p>'
    assert browser.post_form(path, path, prompt=html, format="html").status == 303
    (image,) = shown(site, with_readings).all("img")
    assert image.attrs["alt"] == "A chart"
    assert content_of(ana, image.attrs["src"]) == files.png()
    take_out = f"{address(with_readings, 'export')}/file?scope=readable"
    copy = parse(browser.get(f"{take_out}&kind=html").html)
    assert copy.one("img").attrs["src"].startswith("data:image/png;base64,")
    (page,) = PdfReader(io.BytesIO(browser.get(f"{take_out}&kind=pdf").body)).pages
    assert [one.get_object()["/Subtype"] for one in page["/Resources"]["/XObject"].values()] == ["/Image"]


def test_a_reading_is_cited_in_the_very_save_that_chooses_it(site, cast, with_readings):
    fresh = site.reserve()
    here = f"/courses/{cast.course_id}/discussions/{fresh}"
    chosen = {f"reading-{reading.id}": "on" for reading in with_readings.readings}
    form = {"prompt": "<p>As [Kotter, p. 104] says?</p>", "format": "html", "points": "5", **chosen}
    assert site.browser(cast.ines).post_form(f"{here}/settings", f"{here}/settings", **form).status == 303
    assert site.browser(cast.ana).get(here).page.one("div", class_="prompt").one("a", class_="cited")


def test_a_picture_of_somebody_elses_is_shown_by_whoever_has_seen_it(site, cast, path, with_readings):
    seen = site.attached(cast.ben)
    shown_at = f"/courses/{cast.course_id}/files/{seen.id}"
    for slug, count in (("guessed.png", 0), (seen.slug, 1)):
        html = f'<p>Look:</p><p><img src="{shown_at}/{slug}" alt="Ben\'s chart"></p>'
        assert site.browser(cast.ines).post_form(path, path, prompt=html, format="html").status == 303
        assert len(shown(site, with_readings).all("img")) == count


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<p></p>", "Enter a prompt for the class."),
        ("<p> <br></p><script>x</script>", "Enter a prompt for the class."),
        (f"<p>{'x' * 20_001}</p>", "up to 20000 characters"),
        ("<p><strong>a</strong></p>" * 9_000, "up to 20000 characters"),
    ],
    ids=["empty", "blank", "long", "markup"],
)
def test_what_is_no_prompt_comes_back(site, cast, path, with_readings, *, html, words):
    before = shown(site, with_readings).text
    answer = site.browser(cast.ines).post_form(path, path, prompt=html, format="html", title="Typed with care")
    assert answer.status == 422
    assert words in answer.beside("prompt")
    assert answer.page.one("input", name="title").attrs["value"] == "Typed with care"
    assert shown(site, with_readings).text == before


def test_formatting_that_is_too_deep_is_refused_and_the_words_come_back(path, saved):
    answer = saved.post_form(path, path, prompt="<p>Who leads?</p>" + "<div>" * 30_000, format="html")
    assert answer.status == 422
    assert "nested too deeply" in answer.beside("prompt")
    assert answer.page.one("textarea", name="prompt").written == "Who leads?"
