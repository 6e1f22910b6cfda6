"""Sending files in, and what comes back of them: known by content, gated, and never run."""

import pytest
from sqlalchemy import update

from lti_app.discussion.posts.models import Post
from tests.factories import files
from tests.web.questions import costs, refused
from tests.web.uploads import content_of, multipart, send_file


def home(cast):
    return f"/courses/{cast.course_id}/files"


def test_a_picture_for_a_post_is_taken_and_told_to_the_script(site, cast):
    browser = site.browser(cast.ana)
    told = send_file(browser, cast, files.png(), "../My Chart.exe", json=True)
    assert told.status == 201
    about = told.response.json
    assert (about["name"], about["type"], about["picture"]) == ("My Chart.png", "image/png", True)
    served = browser.get(about["url"])
    assert served.body == files.png()
    assert served.headers["Content-Type"] == "image/png"
    assert served.headers["Content-Disposition"] == 'inline; filename="My Chart.png"'
    assert "sandbox" in served.headers["Content-Security-Policy"]
    assert served.headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_without_scripts_a_page_says_what_became_of_it(site, cast):
    page = send_file(site.browser(cast.ana), cast, b"Notes\n", "notes.txt")
    assert page.status == 201
    assert page.page.one("main").one("a").text == "notes.txt"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"MZ\x90\x00" + bytes(50), "can’t accept this type of file"),
        (b"<!doctype html><script>x()</script>", "can’t accept this type of file"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>\x00", "can’t accept this type of file"),
        (files.png()[:40], "damaged"),
        (files.png(30_000, 30_000), "picture is too large"),
        (files.office(*files.DOCX, copies=5_000), "unpacks to far more"),
        (bytes(10_050_000), "up to 10 MB"),
    ],
    ids=["empty", "program", "html", "binary", "cut", "pixels", "bomb", "large"],
)
def test_what_is_not_taken_is_told_in_words_and_not_kept(site, cast, data, words):
    browser = site.browser(cast.ana)
    for json in (False, True):
        answer = send_file(browser, cast, data, "harmless.png", json=json)
        assert answer.status == 422
        assert words in (answer.response.json["message"] if json else answer.text)
    assert site.files() == []


def test_a_hundred_megabytes_are_refused_before_they_are_read(site, cast):
    answer = send_file(site.browser(cast.ana), cast, bytes(100_000_000), "film.png")
    refused(answer, 413)
    assert "too large" in answer.text


def test_only_who_may_send_files_may_send_large_ones(site, cast):
    large = bytes(9_000_000)
    refused(send_file(site.browser(cast.olga), cast, large, "x.png", token="none"), 413)
    refused(send_file(site.stranger(), cast, large, "x.png", token="none"), 413)
    refused(send_file(site.browser(cast.olga), cast, files.png(), "x.png"), 403)
    other = f"/courses/{cast.course_id}/time-zone"
    data, kind = multipart({"csrf_token": "x"}, large, "x.png")
    refused(site.browser(cast.ana).send(other, data=data, content_type=kind), 413)
    assert site.files() == []


def test_a_forged_upload_changes_nothing(site, cast):
    refused(send_file(site.browser(cast.ana), cast, files.png(), "x.png", token="forged"), 401)
    refused(send_file(site.stranger(), cast, files.png(), "x.png", token="forged"), 401)
    assert site.files() == []


def test_until_a_post_refers_to_it_a_file_is_its_owners_alone(site, cast):
    url = send_file(site.browser(cast.ana), cast, files.png(), "x.png", json=True).response.json["url"]
    for other in (cast.ben, cast.ines, cast.olga):
        refused(site.browser(other).get(url), 404)
    site.attach_all(cast.ana)
    for other in (cast.ben, cast.ines, cast.tariq):
        assert site.browser(other).get(url).status == 200
    refused(site.browser(cast.olga).get(url), 404)
    refused(site.browser(cast.stranger).get(url), 401)
    refused(site.browser(cast.stranger).get(url.replace(f"/{cast.course_id}/", f"/{cast.stranger.course_id}/", 1)), 404)
    refused(site.stranger().get(url), 401)


@pytest.mark.parametrize("column", ["hidden_at", "held_at", "deleted_at"])
def test_a_file_is_read_by_those_who_read_its_post(site, cast, column):
    url = send_file(site.browser(cast.ana), cast, files.png(), "x.png", json=True).response.json["url"]
    site.attach_all(cast.ana)
    assert site.browser(cast.ben).get(url).status == 200
    with site.database.writing() as session:
        session.execute(update(Post).values({column: site.clock()}))
    refused(site.browser(cast.ben).get(url), 404)
    for other in (cast.ana, cast.ines):
        assert site.browser(other).get(url).status == 200


def test_counting_up_finds_no_file(site, cast):
    browser = site.browser(cast.ana)
    url = send_file(browser, cast, files.png(), "x.png", json=True).response.json["url"]
    folder, _, name = url.rpartition("/")
    for guess in ("x.png", "0" * 12 + "-x.png", name + "x", name[:-1]):
        refused(browser.get(f"{folder}/{guess}"), 404)


@pytest.mark.parametrize(
    "name", ["a\r\nX-Evil: 1.pdf", 'a";b.pdf', "Käse 👍.pdf", "<script>.pdf", "%2e%2e.pdf", "\u202efdp.exe"]
)
def test_hostile_names_stay_names(site, cast, name):
    browser = site.browser(cast.ana)
    told = send_file(browser, cast, files.pdf(["x"], script="app.alert(1)"), name, json=True)
    served = browser.get(told.response.json["url"])
    assert served.status == 200
    assert "X-Evil" not in served.headers
    assert served.headers["Content-Disposition"].startswith("inline; filename")


def test_all_but_pictures_and_pdfs_are_saved_not_shown(site, cast):
    browser = site.browser(cast.ana)
    for data, kind in (
        (b"Notes: <b>x</b>", "text/plain; charset=utf-8"),
        (files.office(*files.DOCX), "application/vnd.open"),
    ):
        url = send_file(browser, cast, data, "x", json=True).response.json["url"]
        served = browser.get(url)
        assert served.headers["Content-Type"].startswith(kind)
        assert served.headers["Content-Disposition"].startswith("attachment")
    url = send_file(browser, cast, files.pdf(["x"]), "x", json=True).response.json["url"]
    assert browser.get(f"{url}?save=1").headers["Content-Disposition"].startswith("attachment")


def test_parts_of_a_file_and_what_one_has_already(site, cast):
    browser, data = site.browser(cast.ana), files.pdf(["One"], ["Two"])
    url = send_file(browser, cast, data, "x.pdf", json=True).response.json["url"]
    whole = browser.get(url)
    assert (whole.status, whole.headers["Accept-Ranges"], whole.body) == (200, "bytes", data)
    part = browser.get(url, headers={"Range": "bytes=5-24"})
    assert (part.status, part.body) == (206, data[5:25])
    assert part.headers["Content-Range"] == f"bytes 5-24/{len(data)}"
    end = browser.get(url, headers={"Range": "bytes=-6"})
    assert (end.status, end.body) == (206, data[-6:])
    assert browser.get(url, headers={"Range": "bytes=999999-"}).status == 416
    known = browser.get(url, headers={"If-None-Match": whole.headers["ETag"]})
    assert (known.status, known.body) == (304, b"")
    head = browser.send(url, "HEAD")
    assert (head.status, head.headers["Content-Length"]) == (200, str(len(data)))


def test_a_file_costs_two_statements(site, cast):
    browser = site.browser(cast.ana)
    url = send_file(browser, cast, files.png(), "x.png", json=True).response.json["url"]
    assert costs(site, lambda: browser.get(url)) == 2


def test_what_is_served_is_what_is_kept(site, cast):
    photo = files.jpeg((0xE1, files.EXIF_WITH_PLACE))
    url = send_file(site.browser(cast.ana), cast, photo, "me.jpg", json=True).response.json["url"]
    assert b"GPS" not in content_of(site.browser(cast.ana), url)
