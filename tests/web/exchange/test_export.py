"""GET …/export and …/export/file: what leaves, in which form, and for whom."""

import csv
import io
import json
from base64 import b64encode
from datetime import timedelta
from unittest.mock import Mock

import pytest
from pypdf import PdfReader
from sqlalchemy import update

from lti_app.core.bounded import AllPlacesTaken
from lti_app.discussion.discussions.models import Discussion
from lti_app.discussion.discussions.rules import Anonymity
from lti_app.discussion.posts.models import Post
from lti_app.exchange.exporting.rules.pdf import TypesettingFailed, TypesettingLimit
from lti_app.web.exchange.documents import Album
from lti_app.web.library.uploads import STORAGE
from tests.factories import files
from tests.web import page as pages
from tests.web.browser import BASE
from tests.web.questions import refused, refuses_methods, refuses_no_visit
from tests.web.site import address
from tests.web.uploads import send_file

KINDS = ("html", "pdf", "csv", "json")
WRITTEN = "As [Kotter, p. 104] says, leaders cope with change. مرحبا שלום café 👍🏽"


@pytest.fixture
def path(with_readings):
    return address(with_readings, "export")


@pytest.fixture
def thread(site, cast, with_readings):
    first = site.write(cast.ana, with_readings, WRITTEN)
    site.write(cast.ben, with_readings, "Ben's own start.")
    site.write(cast.ben, with_readings, "=HYPERLINK(A1) is no formula", to=first)
    site.write(cast.ines, with_readings, "Well argued, both.", to=first)
    return first


def file(site, actor, path, kind, scope="readable", *, person=""):
    return site.browser(actor).get(f"{path}/file?kind={kind}&scope={scope}&person={person}")


def change(site, post_text, **values):
    with site.database.writing() as session:
        session.execute(update(Post).where(Post.text.contains(post_text)).values(**values))


def pdf_words(answer):
    reader = PdfReader(io.BytesIO(answer.response.data))
    return reader, " ".join(page.extract_text() for page in reader.pages)


def rows(answer):
    return list(csv.DictReader(io.StringIO(answer.html.removeprefix("\ufeff"))))


def test_the_choices_are_what_one_may_take(site, cast, path, thread):
    def offered(actor):
        page = site.browser(actor).get(path).page
        links = {a.attrs["href"].partition("?")[2] for a in page.all("a") if "/export/file" in a.attrs.get("href", "")}
        return links, [button.attrs["value"] for button in page.all("button") if button.attrs.get("name") == "kind"]

    own = {f"scope=one&kind={kind}" for kind in KINDS}
    readable = {"scope=readable&kind=html", "scope=readable&kind=pdf"}
    data = {"scope=readable&kind=csv", "scope=readable&kind=json"}
    public = {f"scope=public&kind={kind}" for kind in KINDS}
    assert offered(cast.ana) == (own | readable, [])
    assert offered(cast.chi) == (own, [])  # has not passed the gate of the first post
    assert offered(cast.tariq) == (own | readable | data | public, list(KINDS))
    refused(site.browser(cast.olga).get(path), 403)


@pytest.mark.parametrize(
    ("who", "scope", "kind", "status"),
    [
        ("ana", "readable", "html", 200),
        ("ana", "readable", "pdf", 200),
        ("ana", "readable", "csv", 403),
        ("ana", "readable", "json", 403),
        ("ana", "public", "html", 403),
        ("ana", "one", "json", 200),
        ("chi", "readable", "html", 422),
        ("chi", "one", "csv", 200),
        ("tariq", "public", "json", 200),
        ("tariq", "readable", "csv", 200),
        ("olga", "readable", "html", 403),
        ("olga", "one", "json", 403),
        ("tariq", "none", "json", 404),
        ("tariq", "readable", "doc", 404),
    ],
)
def test_who_may_take_what(site, cast, path, thread, *, who, scope, kind, status):
    assert file(site, getattr(cast, who), path, kind, scope).status == status


def test_only_staff_take_somebody_elses_posts(site, cast, path, thread):
    assert file(site, cast.ana, path, "json", "one", person=cast.ben.person_id).status == 403
    assert file(site, cast.ana, path, "json", "one", person=cast.ana.person_id).status == 200
    texts = json.loads(file(site, cast.tariq, path, "json", "one", person=cast.ben.person_id).html)["posts"]
    assert {post["author"] for post in texts} == {"Ben Carter"}
    assert file(site, cast.elsewhere, path, "json", "one").status in (401, 404)
    assert file(site, cast.tariq, path, "json", "one", person="x").status == 404


def test_csv_has_a_row_a_post_and_no_formulas(site, cast, path, thread):
    answer = file(site, cast.ines, path, "csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    found = rows(answer)
    assert [row["address"] for row in found] == ["1", "1.1", "1.2", "2"]
    assert found[0]["cites"] == "Kotter 1990, p. 104"
    assert found[1]["text"] == "'=HYPERLINK(A1) is no formula"
    assert (found[1]["reply to"], found[2]["instructor"]) == ("1", "yes")


def test_json_says_all(site, cast, path, thread):
    content = json.loads(file(site, cast.ines, path, "json").html)
    assert (content["format"], content["version"]) == ("colloquy-discussion", 1)
    assert [reading["label"] for reading in content["readings"]] == ["Kotter 1990", "Zaleznik 1977"]
    assert content["readings"][0]["csl"]["title"] == "What Leaders Really Do"
    first = content["posts"][0]
    assert (first["text"], first["author"], first["cites"][0]["page"]) == (WRITTEN, "Ana Brandt", "104")
    assert content["posts"][1]["parent"] == first["id"]


@pytest.fixture
def illustrated(site, cast, with_readings):
    """A post with a picture in its text and a file attached to it."""
    browser, here = site.browser(cast.ana), address(with_readings)
    picture = send_file(browser, cast, files.png(), "chart.png", json=True).response.json
    notes = send_file(browser, cast, b"Notes of mine", "notes.txt", json=True).response.json
    text = f'<p>Look:</p><p><img src="{picture["url"]}" alt="Two &quot;lines&quot; that cross"></p>'
    form = {"text": text, "format": "html", "attached": str(notes["id"])}
    assert browser.post_form(f"{here}/posts", here, **form).status == 303
    return picture, notes


def test_pictures_come_along_and_files_are_named(site, cast, path, illustrated):
    picture, notes = illustrated
    page = pages.parse(file(site, cast.ines, path, "html").html)
    shown = page.one("img")
    assert shown.attrs["src"] == f"data:image/png;base64,{b64encode(files.png()).decode()}"
    assert shown.attrs["alt"] == 'Two "lines" that cross'
    link = page.one("ul", class_="files").one("a")
    assert (link.text, link.attrs["href"]) == ("notes.txt", f"{BASE}{notes['url']}")
    assert rows(file(site, cast.ines, path, "csv"))[0]["files"] == "notes.txt"
    told = json.loads(file(site, cast.ines, path, "json").html)["posts"][0]["files"]
    assert told == [{"name": "notes.txt", "size": 13, "url": f"{BASE}{notes['url']}"}]
    reader, words = pdf_words(file(site, cast.ines, path, "pdf"))
    shown = reader.pages[0]["/Resources"]["/XObject"].values()
    assert [one.get_object()["/Subtype"] for one in shown] == ["/Image"]
    assert reader.root_object["/MarkInfo"]["/Marked"]
    assert "notes.txt" in words
    assert "Picture:" not in words
    assert picture["url"] not in words


@pytest.mark.parametrize("fault", ["full", "lost", "broken"])
def test_pictures_that_cannot_come_along_are_links(site, path, illustrated, *, monkeypatch, fault):
    picture, storage = illustrated[0], site.app.extensions[STORAGE]
    if fault == "full":
        monkeypatch.setattr(Album.__init__, "__defaults__", (10,))
    key = next(one.key for one in site.files() if one.name == "chart.png")
    if fault == "lost":
        storage.delete(key)
    if fault == "broken":
        storage.delete(key)
        storage.put(key, io.BytesIO(files.png()[:45]))
    words = pdf_words(file(site, site.cast.ines, path, "pdf"))[1]
    assert 'Picture: Two "lines" that cross' in words
    if fault != "broken":
        page = pages.parse(file(site, site.cast.ines, path, "html").html)
        assert not page.all("img")
        assert f"{BASE}{picture['url']}" in [a.attrs["href"] for a in page.all("a")]


def test_html_stands_by_itself(site, cast, path, thread):
    answer = file(site, cast.ana, path, "html")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    page = pages.parse(answer.html)
    assert list(pages.faults(page)) == ["inline <style>"]  # it has no other place for it
    assert not page.all("script", "link", "img")
    assert [heading.text for heading in page.all("h3", "h4")] == [
        "1 Ana Brandt",
        "1.1 Ben Carter",
        "1.2 Ines Navarro",
        "2 Ben Carter",
    ]
    assert page.one("article", id="p1.1").one("time").text == "Mon, Mar 2, 2026, 10:00 AM"
    chip = next(a for a in page.all("a", class_="cited"))
    assert chip.attrs["href"] == f"#{page.all('ol', class_='readings')[0].all('li')[0].attrs['id']}"
    assert "What Leaders Really Do" in page.one("main").text


def test_pdf_has_text_a_structure_a_title_and_a_language(site, cast, path, thread):
    reader, words = pdf_words(file(site, cast.ana, path, "pdf"))
    for word in ("Managers and leaders", "Ana Brandt", "leaders cope with change", "café", "Kotter 1990"):
        assert word in words
    catalogue = reader.root_object
    assert catalogue["/MarkInfo"]["/Marked"]
    assert catalogue["/Lang"] == "en"
    assert reader.metadata.title == "Managers and leaders"


@pytest.mark.parametrize("kind", KINDS)
def test_what_one_may_not_see_is_in_no_file(site, cast, path, thread, kind):
    def words(actor, scope="readable"):
        answer = file(site, actor, path, kind, scope)
        return pdf_words(answer)[1] if kind == "pdf" else answer.html

    later = site.clock() + timedelta(hours=1)
    site.write(cast.ben, site_discussion(path, site), "Still here.")
    change(site, "Ben's own start", deleted_at=later, deleted_by_id=cast.ben.person_id)
    change(site, "HYPERLINK", hidden_at=later, hidden_by_id=cast.ines.person_id)
    change(site, "Well argued", private_to_id=cast.ana.person_id)
    everything = words(cast.tariq)
    assert "own start" not in everything  # a tombstone says nothing to anybody
    assert "HYPERLINK" in everything
    assert "Well argued" in everything
    public = words(cast.tariq, "public")
    assert "HYPERLINK" not in public
    assert "Well argued" not in public
    if kind in ("html", "pdf"):
        assert "Well argued" in words(cast.ana)  # it is to her
        assert "HYPERLINK" not in words(cast.ana)
        assert "HYPERLINK" in words(cast.ben)  # his own
        assert "Well argued" not in words(cast.ben)
    change(site, "Well argued", private_to_id=None, held_at=later)
    assert "Well argued" not in words(cast.tariq, "public")
    assert "Well argued" in words(cast.tariq)


@pytest.mark.parametrize(("anonymity", "staff_see"), [(Anonymity.PEERS, True), (Anonymity.BLIND, False)])
@pytest.mark.parametrize("kind", KINDS)
def test_no_file_tells_a_name_that_its_reader_may_not_see(site, cast, *, kind, anonymity, staff_see):
    discussion = site.discussion(anonymity=anonymity)
    path = address(discussion, "export")
    first = site.write(cast.ana, discussion, "From behind a mask.")
    site.write(cast.ben, discussion, "Another mask.")
    site.write(cast.ines, discussion, "No mask.", to=first)
    with site.database.read() as session:
        assert session.get_one(Discussion, discussion.id).anonymity is anonymity

    def names_in(actor, scope):
        answer = file(site, actor, path, kind, scope)
        words = pdf_words(answer)[1] if kind == "pdf" else answer.html
        return {name for name in ("Ana", "Ben", "Ines") if name in words}

    assert names_in(cast.tariq, "public") == {"Ines"}
    assert names_in(cast.tariq, "readable") == ({"Ana", "Ben", "Ines"} if staff_see else {"Ines"})
    if kind in ("html", "pdf"):
        assert names_in(cast.ana, "readable") == {"Ines"}
    if not staff_see:
        assert "Ana" not in site.browser(cast.tariq).get(path).text


def test_as_many_statements_however_many_posts(site, cast, path, thread):
    def asked(kind):
        with site.statements() as sent:
            file(site, cast.ines, path, kind)
        return len(sent)

    before = {kind: asked(kind) for kind in KINDS}
    for n in range(30):
        site.write(cast.ines, site_discussion(path, site), f"One more, the {n}th.", to=thread if n % 2 else None)
    assert {kind: asked(kind) for kind in KINDS} == before
    assert max(before.values()) <= 12


def site_discussion(path, site):
    from lti_app.discussion.discussions.queries.discussion import get_discussion

    with site.database.read() as session:
        return get_discussion(session, site.cast.ines, int(path.split("/")[4]), now=site.clock())


def test_the_address_refuses_what_it_should(site, cast, path, thread):
    refuses_no_visit(site, path)
    refuses_methods(site, cast.ines, path, "POST", "PUT", "DELETE")
    refuses_methods(site, cast.ines, f"{path}/file", "POST", "PUT", "DELETE")


def test_a_post_that_no_pdf_can_show_keeps_no_other_from_it(site, cast, path):
    """Typst takes no address of more than 8,000 letters, and breaks down over a run of letters beyond 65,535 bytes."""
    address_of_many = "http://example.org/" + "a" * 19_900
    for text in (address_of_many, "👩\N{ZERO WIDTH JOINER}" * 10_000, "The last of all."):
        site.write(cast.ben, site_discussion(path, site), text)
    words = pdf_words(file(site, cast.ines, path, "pdf"))[1]
    assert words.count("a") >= address_of_many.count("a")  # no line is cut at the edge of the page
    assert words.count("A PDF cannot show this post.") == 1
    assert "The last of all." in words


def test_an_empty_discussion_leaves_too(site, cast, discussion):
    path = address(discussion, "export")
    for kind in KINDS:
        assert file(site, cast.ines, path, kind).status == 200
    assert "No posts." in file(site, cast.ines, path, "html").html


def test_what_is_too_long_for_a_pdf_is_told(site, cast, path, thread, monkeypatch):
    monkeypatch.setattr("lti_app.web.exchange.exchange.MOST_IN_PDF", 3)
    browser = site.browser(cast.ines)
    answer = browser.get(f"{path}/file?kind=pdf&scope=readable")
    assert (answer.status, answer.location) == (303, path)
    assert "too long for a PDF" in browser.get(path).text
    assert file(site, cast.ines, path, "html").status == 200


LIMITS = {
    TypesettingLimit: "too long for a PDF",
    TypesettingFailed: "A PDF cannot show this discussion",
    AllPlacesTaken: "Other files are being made or read right now",
}


@pytest.mark.usefixtures("thread")
def test_a_pdf_that_reaches_a_limit_is_told(site, cast, path, monkeypatch):
    browser = site.browser(cast.ines)
    for fault, words in LIMITS.items():
        monkeypatch.setattr("lti_app.web.exchange.documents.typeset", Mock(side_effect=fault))
        answer = browser.get(f"{path}/file?kind=pdf&scope=readable")
        assert (answer.status, answer.location) == (303, path)
        assert words in browser.get(path).text


def test_somebody_is_chosen_by_a_form(site, cast, path, thread):
    browser = site.browser(cast.tariq)
    answer = browser.post_form(f"{path}/choose", path, person=str(cast.ben.person_id), kind="csv")
    assert answer.status == 303
    assert {row["author"] for row in rows(browser.get(answer.location))} == {"Ben Carter"}
