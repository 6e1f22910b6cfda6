"""Files that cannot be stored or read: whoever sent them is told so in words, and gets the text back."""

import errno
import io

import pytest
from sqlalchemy.exc import OperationalError

from lti_app.library.files import actions
from lti_app.library.files.errors import StorageFull, StorageUnavailable
from lti_app.storage.folder import FolderStorage
from lti_app.web.library.uploads import STORAGE
from tests.factories import files
from tests.web import page as pages
from tests.web.browser import BASE
from tests.web.site import address
from tests.web.uploads import multipart

TEXT = "A long thought that must not be lost."
FAULTS = {
    StorageFull: (507, "no room for files"),
    StorageUnavailable: (503, "can’t reach our file storage"),
}


class Failing:
    """A storage in which nothing works."""

    def __init__(self, error):
        self.error = error

    def put(self, _key, _stream):
        raise self.error

    def open(self, _key):
        raise self.error

    def delete(self, _key):
        raise self.error


@pytest.fixture
def fail(site, monkeypatch):
    return lambda error: monkeypatch.setitem(site.app.extensions, STORAGE, Failing(error))


def send(browser, path, data, kind, accept="text/html"):
    headers = {"Referer": f"{BASE}/", "Accept": accept}
    return browser.client.post(path, data=data, content_type=kind, headers=headers, base_url=BASE)


def upload(browser, cast, accept):
    home = f"/courses/{cast.course_id}"
    body, kind = multipart({"csrf_token": browser.token(home)}, files.png(), "x.png")
    return send(browser, f"{home}/files", body, kind, accept)


@pytest.mark.parametrize("error", FAULTS)
def test_upload_is_answered_in_words(site, cast, fail, error):
    status, words = FAULTS[error]
    browser = site.browser(cast.ana)
    fail(error())
    page = upload(browser, cast, "text/html")
    assert (page.status_code, words in pages.parse(page.text).one("h1").text) == (status, True)
    told = upload(browser, cast, "application/json")
    assert (told.status_code, words in told.json["message"]) == (status, True)
    assert site.files() == []


@pytest.mark.parametrize("error", FAULTS)
def test_post_with_a_file_gives_its_text_back(site, cast, discussion, fail, error):
    status, words = FAULTS[error]
    browser = site.browser(cast.ana)
    token = browser.token(address(discussion))
    fail(error())
    fields = {"csrf_token": token, "text": TEXT, "files": (io.BytesIO(b"notes"), "notes.txt")}
    answer = send(browser, address(discussion, "posts"), fields, "multipart/form-data")
    page = pages.parse(answer.text)
    assert (answer.status_code, words in page.one("h1").text) == (status, True)
    assert page.one("textarea", id="kept-text").written.strip() == TEXT
    assert bool(answer.headers.get("Retry-After")) == (status == 503)


def test_file_that_cannot_be_read_now(site, cast, fail):
    browser = site.browser(cast.ana)
    url = upload(browser, cast, "application/json").json["url"]
    fail(StorageUnavailable())
    assert browser.client.get(url, base_url=BASE).status_code == 503


def test_disk_that_is_full_while_an_upload_is_received(site, cast, monkeypatch):
    browser = site.browser(cast.ana)
    body, kind = multipart({"csrf_token": browser.token(f"/courses/{cast.course_id}")}, files.png(), "x.png")

    def full(*_arguments, **_options):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(site.app.request_class, "_get_file_stream", full)
    answer = send(browser, f"/courses/{cast.course_id}/files", body, kind)
    assert answer.status_code == 507
    assert "no room for files" in answer.text


def test_no_bytes_stay_when_the_database_fails_after_they_are_stored(site, cast, monkeypatch, tmp_path):
    monkeypatch.setitem(site.app.extensions, STORAGE, FolderStorage(tmp_path))

    def away(*_arguments):
        raise OperationalError("SELECT", {}, Exception("disk I/O error"))

    monkeypatch.setattr(actions, "_refuse_hoard", away)
    assert upload(site.browser(cast.ana), cast, "text/html").status_code == 503
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
