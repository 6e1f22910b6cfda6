"""GET and POST …/import and …/export/imports/<id>: look at a file, then bring it in."""

import json

import pytest

from tests.web.questions import refused, refuses_methods, refuses_no_visit, refuses_unsafe_posts
from tests.web.site import address

CSV = """author,date,text,reply to
Ada Lovelace,2025-03-03 10:00,Engines first.,
Bo,2025-03-04,Why?,1
Cem,,No date,
,,,
"""


@pytest.fixture
def path(discussion):
    return address(discussion, "import")


def give(browser, path, content="", name="", **fields):
    """Send the form as browsers do; written out, since the test client leaves large files open."""
    token = browser.token("/".join(path.split("/")[:3]))
    data = {"csrf_token": token, "time_zone": "Europe/Berlin", "dates": "auto", "encoding": "", **fields}
    parts = [
        f'--edge\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n' for key, value in data.items()
    ]
    head = f'--edge\r\nContent-Disposition: form-data; name="{"file" if name else "text"}"'
    head += f'; filename="{name}"\r\nContent-Type: text/csv\r\n\r\n' if name else "\r\n\r\n"
    body = ("".join(parts) + head).encode() + (content if name else content.encode()) + b"\r\n--edge--\r\n"
    return browser.send(path, data=body, content_type="multipart/form-data; boundary=edge")


def test_a_file_is_looked_at_then_brought_in_once(site, cast, discussion, path):
    browser = site.browser(cast.ines)
    looked = give(browser, path, CSV.encode("cp1252"), "thread.csv")
    assert looked.status == 303
    page = browser.get(looked.location)
    assert page.page.one("h1").text == "Import preview"
    for words in ("thread.csv is a table of posts", "3 posts, 2 first posts, 3 authors", "Engines first.", "1 entry"):
        assert words in page.text
    assert "Engines first." not in browser.get(address(discussion)).text  # nothing is changed yet
    done = browser.post_form(looked.location, looked.location, mode="live")
    assert (done.status, done.location) == (303, looked.location)
    report = browser.get(looked.location)
    assert "3 posts were imported." in report.text
    assert "open for replies" in report.text
    assert not [button for button in report.page.all("button") if "Import" in button.text]
    shown = browser.get(address(discussion)).text
    assert "Ada Lovelace" in shown
    again = give(browser, path, CSV)
    assert "There are no new posts to import." in browser.get(again.location).text
    assert "thread.csv" in browser.get(address(discussion, "export")).text


def test_pasted_text_comes_in_as_an_exhibit_with_names_hidden(site, cast, discussion, path):
    browser = site.browser(cast.ines)
    found = give(browser, path, json.dumps([{"author": "Ada", "text": "Engines", "date": "2025-01-01"}])).location
    browser.post_form(found, found, mode="exhibit", hide_names="y")
    shown = browser.get(address(discussion)).text
    assert "Author 1" in shown
    assert "Ada" not in shown
    site.write(cast.ana, discussion)
    page = site.browser(cast.ana).get(address(discussion))
    assert "Engines" in page.text
    assert not [a for a in page.page.all("a") if "/reply" in a.attrs.get("href", "")]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "Choose a file, or paste its content."),
        ("one,two\n1,2\n", "The first line must name the columns"),
        ('author,text\nAda,"never closed', "The quotation marks do not match. Check line 2."),
        ('[{"author": "Ada",}]', "Check line 1"),
        ('{"a": 1}', "has no list of posts"),
        ("<rss><channel>", "Check line 1"),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><rss><channel>&b;</channel></rss>", "its own entities"),
        ("<html><body/></html>", "not a WordPress export"),
        ("author,text\n", "no posts in this file"),
    ],
)
def test_what_cannot_be_read_comes_back_with_the_reason(site, cast, path, content, words):
    answer = give(site.browser(cast.ines), path, content)
    assert answer.status == 422
    assert words in answer.beside("text" if content else "file")
    assert content.strip() in answer.kept[0].strip()


def test_pictures_and_archives_are_told_apart(site, cast, path):
    answer = give(site.browser(cast.ines), path, b"PK\x03\x04....", "forum.xlsx")
    assert "Save it as CSV, then" in answer.beside("file")


def test_twenty_megabytes_are_the_most_and_only_here(site, cast, discussion, path):
    browser = site.browser(cast.ines)
    filler = b"author,text\nAda," + b"x" * 4_000_000
    assert give(browser, path, filler, "large.csv").status == 303
    answer = give(browser, path, b"a" * 20_000_001, "larger.csv")
    assert "larger than 20 MB" in answer.beside("file")
    refused(give(browser, path, b"a" * 21_000_000, "largest.csv"), 413)
    refused(give(site.browser(cast.ana), path, filler, "large.csv"), 413)
    refused(browser.post(address(discussion, "posts"), text="x" * 4_000_000), 413)


def test_only_instructors_find_these_pages(site, cast, discussion, path):
    browser = site.browser(cast.ines)
    found = give(browser, path, CSV).location
    for who in ("tariq", "ana", "olga"):
        other = site.browser(getattr(cast, who))
        refused(other.get(path), 403)
        refused(other.get(found), 403)
        refused(other.post(found, mode="live"), 403)
        refused(other.post(f"{found}/discard"), 403)
        assert "Import posts" not in other.get(address(discussion, "export")).text
    refused(browser.get(address(site.discussion(), "imports", found.rpartition("/")[2])), 404)


def test_a_file_can_be_forgotten(site, cast, discussion, path):
    browser = site.browser(cast.ines)
    found = give(browser, path, CSV).location
    assert browser.post_form(f"{found}/discard", found).location == address(discussion, "export")
    refused(browser.get(found), 404)


def test_how_they_come_in_must_be_said(site, cast, path):
    browser = site.browser(cast.ines)
    found = give(browser, path, CSV).location
    answer = browser.post_form(found, found, mode="sideways")
    assert answer.status == 422
    assert "Not a valid choice" in answer.text


def test_names_and_texts_are_no_markup(site, cast, discussion, path):
    browser = site.browser(cast.ines)
    evil = "<img src=x onerror=alert(1)>"
    rows = [{"author": evil, "text": f"<p>Hello</p>{evil}", "title": evil, "date": evil, "reply to": evil}]
    found = give(browser, path, json.dumps(rows)).location
    assert "onerror" not in browser.get(found).html.replace("&lt;img src=x onerror", "")
    browser.post_form(found, found, mode="live")
    assert "<img" not in browser.get(address(discussion)).html


def test_the_addresses_refuse_what_they_should(site, cast, path):
    refuses_no_visit(site, path)
    refuses_unsafe_posts(site, cast.ines, path, text="author,text", kept="author,text")
    refuses_methods(site, cast.ines, path, "PUT", "DELETE")


GREEK = "author,date,text\nΆννα,3/4/2025,Ηγέτες και διευθυντές διαφέρουν.\n".encode("cp1253")


def read_again(browser, found, **fields):
    return browser.post_form(f"{found}/reread", found, **fields)


def test_a_preview_is_read_anew_in_another_encoding(site, cast, discussion, path):
    browser = site.browser(cast.ines)
    found = give(browser, path, GREEK, "greek.csv", encoding="ISO-8859-1").location
    assert "Ηγέτες" not in browser.get(found).page.one("main").text.split("Characters or dates look wrong?")[0]
    again = read_again(browser, found, encoding="Windows-1253", dates="day", time_zone="Europe/Athens")
    assert again.status == 303
    page = browser.get(again.location)
    assert "Ηγέτες και διευθυντές διαφέρουν." in page.text
    assert "greek.csv" in page.text
    chosen = {field.attrs["value"] for field in page.page.all("input", name="encoding") if "checked" in field.attrs}
    assert chosen == {"Windows-1253"}
    assert page.page.one("select", name="dates").one("option", selected="").attrs["value"] == "day"
    browser.post_form(again.location, again.location, mode="live")
    shown = browser.get(address(discussion))
    assert "Άννα" in shown.text
    assert "2025-04-02T21:00" in shown.html  # midnight in Athens
    refused(browser.post(f"{again.location}/reread", encoding="UTF-8", dates="auto", time_zone="UTC"), 404)


def test_what_cannot_be_read_anew_stays_as_it_was(site, cast, path):
    browser = site.browser(cast.ines)
    found = give(browser, path, GREEK, "greek.csv", encoding="Windows-1253").location
    for fields in ({"encoding": "klingon"}, {"dates": "someday"}, {"time_zone": "Mars/Olympus"}):
        assert read_again(browser, found, **fields).location == found
        assert "Ηγέτες" in browser.get(found).text


def test_only_instructors_of_the_discussion_read_a_preview_anew(site, cast, discussion, path):
    browser = site.browser(cast.ines)
    found = give(browser, path, GREEK, "greek.csv").location
    fields = {"encoding": "UTF-8", "dates": "auto", "time_zone": "UTC"}
    for who in ("tariq", "ana", "olga"):
        refused(site.browser(getattr(cast, who)).post(f"{found}/reread", **fields), 403)
    elsewhere = address(site.discussion(), "imports", found.rpartition("/")[2], "reread")
    refused(browser.post(elsewhere, **fields), 404)
    assert browser.get(found).status == 200
