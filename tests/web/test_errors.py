"""Requests that no page of ours makes: each gets a clear answer of 4xx, never a fault of ours."""

from io import RawIOBase

import pytest

from lti_app.app import MAX_REQUEST
from lti_app.web.requests import MOST_FIELDS
from tests.web.browser import BASE
from tests.web.questions import refused
from tests.web.site import address

HUGE = 5_000_000
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def paths(cast, discussion):
    here = address(discussion)
    return ["/nowhere", "/healthz", here, f"{here}/posts", f"{here}/settings", f"{here}/grading/{cast.ana.person_id}"]


def test_more_than_a_request_may_have_is_refused_wherever_it_goes(site, cast, paths):
    assert HUGE > MAX_REQUEST
    for browser in (site.browser(cast.ines), site.stranger()):
        for path in paths:
            answer = browser.send(path, data={"text": "x" * HUGE})
            refused(answer, answer.status)
            assert answer.status in (404, 405, 413), path


def test_length_that_is_not_told_is_limited_as_well(site, cast, discussion):
    answer = site.browser(cast.ana).send(
        address(discussion, "posts"),
        headers={"Referer": f"{BASE}/", "Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input": Endless(), "wsgi.input_terminated": True, "CONTENT_LENGTH": ""},
        content_type=FORM,
    )
    assert answer.status in (401, 413, 422)  # and no more was read than a request may have


@pytest.mark.parametrize("refusal", [("what it answers is gone", 404), ("no visit", 401), ("forged", 401)])
@pytest.mark.parametrize(
    "written",
    [
        ({"text": "I <b>wrote</b> this & that."}, "I <b>wrote</b> this & that."),
        ({"text": "<p>I <b>wrote</b> this &amp; that.</p><p>2 &lt; 3</p>", "format": "html"}, "this & that.\n\n2 < 3"),
    ],
    ids=["plain", "rich"],
)
def test_what_was_written_comes_back_as_its_writer_would_have_typed_it(site, cast, discussion, written, refusal):
    (data, kept), (why, status) = written, refusal
    browser = site.stranger() if why == "no visit" else site.browser(cast.ana)
    token = "forged" if why in ("no visit", "forged") else browser.token(f"/courses/{cast.course_id}")
    answered = {"parent_id": "99999"} if why == "what it answers is gone" else {}
    sent = {**data, **answered, "csrf_token": token}
    answer = browser.send(address(discussion, "posts"), data=sent, headers={"Referer": f"{BASE}/"})
    assert answer.status == status
    shown = "".join(map(str, answer.page.one("textarea", id="kept-text").children))
    assert kept in shown
    assert "<p>" not in shown


class Endless(RawIOBase):
    """A body that does not end."""

    sent = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:
        assert self.sent < 2 * HUGE, "still reading"
        self.sent += len(buffer)
        buffer[:] = b"x" * len(buffer)
        return len(buffer)


PARTS = "multipart/form-data; boundary=x"
PART = b'--x\r\nContent-Disposition: form-data; name="text"'


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'{"text": "x"}', "application/json"),
        (b'{"text": 5}', "application/json"),
        (b"[1, 2]", "application/json"),
        (b"{", "application/json"),
        (b"csrf_token=%80&text", FORM),
        (b"&".join(b"a%d=1" % n for n in range(5000)), FORM),
        (b"text=x", "multipart/form-data"),
        (PART + b'; filename="a"\r\n\r\nhi\r\n--x--', PARTS),
        (b"".join(PART + b"\r\n\r\n1\r\n" for _ in range(1500)) + b"--x--", PARTS),
        (b"--x\r\n" * 50, PARTS),
        (b"x", "text/plain; charset=nonsense"),
        (b"x", "\xff"),
    ],
    ids=range(12),
)
def test_bodies_of_other_kinds_are_refused(site, cast, discussion, body, kind):
    browser = site.browser(cast.ana)
    token = browser.token(f"/courses/{cast.course_id}")
    for headers in ({"Referer": f"{BASE}/"}, {"Referer": f"{BASE}/", "X-CSRFToken": token}):
        answer = browser.send(address(discussion, "posts"), data=body, content_type=kind, headers=headers)
        assert answer.status in (400, 401, 413, 422), answer.status
    assert not site.browser(cast.ines).get(address(discussion)).page.all("article")


def test_form_with_files_posts_as_well(site, cast, discussion):
    """multipart/form-data is what some browsers' extensions make of any form."""
    browser = site.browser(cast.ana)
    data = {"csrf_token": browser.token(f"/courses/{cast.course_id}"), "text": "Sent in parts."}
    answer = browser.send(address(discussion, "posts"), data=data, content_type="multipart/form-data")
    assert answer.status == 303


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/courses",
        "/courses/",
        "/courses/1/",
        "/courses/x",
        "/courses/-1",
        "/courses/1.5",
        "/courses/%31",
        "/courses/1%00",
        "/courses/%ff",
        "/courses/" + "9" * 4000,
        "/courses/1/discussions",
        "/courses/1/discussions/1//posts",
        "/courses/1/discussions/1/posts/1/unknown",
        "/../../etc/passwd",
        "//evil.example/courses/1",
        "/%0d%0aSet-Cookie:%20x=1",
        "/" + "a" * 8000,
    ],
)
def test_addresses_that_are_none(site, cast, path):
    answer = site.browser(cast.ines).get(path)
    assert answer.status in (200, 308, 401, 404, 405)
    assert "evil.example" not in answer.location
    if answer.status == 404:
        refused(answer, 404)


@pytest.mark.parametrize(
    "headers",
    [
        {"Accept-Language": "xx-not-a-language;q=1,*;q=0.1"},
        {"Accept-Language": ",;q=x,,de-DE-1996-x-private;q=2"},
        {"Accept": "application/json"},
        {"Range": "bytes=0-1"},
        {"If-None-Match": "*", "If-Modified-Since": "Mon, 01 Jan 2029 00:00:00 GMT"},
        {"Cookie": "__Host-colloquy"},
        {"Cookie": "; =; x=y=z; \x01"},
        {"X-HTTP-Method-Override": "DELETE"},
        {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http", "Forwarded": "host=evil.example"},
    ],
)
def test_odd_headers_change_nothing(site, cast, discussion, headers):
    answer = site.browser(cast.ana).get(address(discussion), headers=headers)
    assert answer.status in (200, 401)
    assert "evil.example" not in answer.html
    assert len(answer.html) > 500


def test_head_is_a_get_without_its_body(site, cast, discussion):
    assert site.browser(cast.ana).send(address(discussion), "HEAD").html == ""
    assert site.stranger().send(address(discussion), "HEAD").status == 401


@pytest.mark.parametrize("key", ["x", "%00", "%ff", "%F0%9F%93%9A", "x" * 3000])
def test_dialog_that_is_over_says_so(site, cast, key):
    answer = site.browser(cast.ines).get(f"/courses/{cast.course_id}/add/{key}")
    assert answer.status in (404, 410)


MANY = MOST_FIELDS + 1


@pytest.mark.parametrize(
    "body", ["a&" * MANY, "a=1&" * MANY, "&".join(f"f{n}=%41" for n in range(MANY + 1)), "&" * MANY, "&&&;" * MANY]
)
def test_forms_of_more_fields_than_anybody_fills_in_are_not_read(site, discussion, body):
    """Whoever sends them: the token of the form is looked for before the visit."""
    for path in (address(discussion, "posts"), address(discussion, "settings"), "/lti/login", "/lti/launch"):
        assert site.stranger().send(path, data=body, content_type=FORM).status == 413


def test_the_form_of_a_large_class_is_read(site, cast):
    fields = {f"{kind}-{n}": "" for kind in ("to", "was") for n in range(1, MOST_FIELDS // 2)}
    assert site.browser(cast.ines).post(f"/courses/{cast.course_id}/groups/students", **fields).status == 303


@pytest.mark.parametrize("about", ["", "; a=b", '; filename="x.png"', "; " + "a=b;" * 10_000])
@pytest.mark.parametrize("path", ["posts", "settings", "draft", "groups"])
def test_parts_of_a_form_without_a_name_are_left_out(site, cast, discussion, about, path):
    browser, body = site.browser(cast.ines), f"--x\r\nContent-Disposition: form-data{about}\r\n\r\nhi\r\n--x--"
    goes_to = f"/courses/{cast.course_id}/groups" if path == "groups" else address(discussion, path)
    assert browser.send(goes_to, data=body, content_type=PARTS).status in (401, 404, 405)


@pytest.mark.parametrize("host", ["a" * 64 + ".example", "a..example", ".example", "a" * 20_000])
@pytest.mark.parametrize("path", ["/nowhere", "/healthz", "/lti/login", "/static/none.css"])
def test_hosts_that_are_none(site, host, path):
    for method in ("GET", "POST"):
        answer = site.app.test_client().open(path, method=method, headers={"Host": host})
        assert answer.status_code == 400
