"""What every answer says to the browser besides its content. Each answer of all other tests is checked as well."""

import pytest

from tests.cast import FRAME
from tests.web.browser import BASE, COOKIE, check_headers, policy_of
from tests.web.site import address


def static_path(site, name="main.css"):
    page = site.stranger().get("/nowhere").page
    return next(e.attrs["href"] for e in page.all("link", rel="stylesheet"))


def test_pages_may_be_framed_by_the_lms_of_the_visit_alone(site, cast, discussion):
    browser = site.browser(cast.ana)
    here = address(discussion)
    for path in (f"/courses/{cast.course_id}", here, f"{here}/participation", f"{here}/grading", f"{here}/nothing"):
        ancestors = policy_of(browser.get(path))["frame-ancestors"]
        assert ancestors == list(FRAME) or path.endswith("nothing")


def test_pages_without_a_visit_may_be_framed_anywhere_since_nothing_can_be_done_there(site, discussion):
    answer = site.stranger().get(address(discussion))
    assert policy_of(answer)["frame-ancestors"] == ["*"]
    assert not answer.page.all("form", "button", "input")
    assert not [link for link in answer.page.all("a") if not link.attrs["href"].startswith("#")]


@pytest.mark.parametrize("path", ["/healthz", "/nowhere", "/courses/1", "/static/none.css"])
def test_answers_are_not_kept_by_browsers(site, path):
    assert site.stranger().get(path).headers["Cache-Control"] == "private, no-store"


def test_built_files_are_kept_for_ever(site):
    answer = site.stranger().get(static_path(site))
    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert not answer.cookies
    assert "Cookie" not in answer.headers.get("Vary", "")


def test_file_that_is_not_there_yet_is_asked_for_again(site):
    """While servers of two versions run, one may be asked for a file that only the other has."""
    answer = site.stranger().get(static_path(site).replace(".css", "x.css"))
    assert (answer.status, answer.headers["Cache-Control"]) == (404, "private, no-store")


@pytest.mark.parametrize("path", ["/static/../app.py", "/static/%2e%2e/app.py", "/static//etc/passwd", "/static/%00"])
def test_only_built_files_are_served(site, path):
    assert site.stranger().get(path).status in (308, 404)


def test_https_is_insisted_on_where_it_is_used(site, cast):
    browser = site.browser(cast.ana)
    assert browser.get(f"/courses/{cast.course_id}").headers["Strict-Transport-Security"] == "max-age=31536000"
    plain = site.app.test_client().get("/healthz", base_url="http://localhost")
    assert "Strict-Transport-Security" not in plain.headers


def test_cookie_is_set_only_when_it_changes(site, cast, discussion):
    browser, here = site.browser(cast.ana), address(discussion)
    first = browser.get(here)
    assert [cookie.partition("=")[0] for cookie in first.cookies] == [COOKIE]  # it holds the CSRF token now
    again = [browser.get(path) for path in (here, f"{here}/participation", f"{here}/grading", "/healthz", "/nowhere")]
    assert not any(answer.cookies for answer in again)
    assert browser.send(f"{here}/posts", data={"text": "x"}).cookies == []


def test_cookie_tells_nothing_about_the_person(site, cast, discussion):
    cookie = site.browser(cast.ana).get(address(discussion)).cookies[0]
    assert "Domain" not in cookie
    assert "Max-Age" not in cookie
    assert "Expires" not in cookie
    assert len(cookie) < 500


def test_eight_courses_fit_into_the_cookie(site, cast, discussion):
    browser = site.browser(cast.ana)
    for course in range(100, 112):
        browser.remember(course, "t" * 43)
    here = site.arrive(browser, cast.ana).get(address(discussion))
    assert here.status == 200
    assert len(here.cookies[0]) < 1500
    with browser.client.session_transaction(base_url=BASE) as session:
        assert len(session["visits"]) >= 8


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS"])
def test_other_questions_get_the_same_headers(site, cast, discussion, method):
    browser = site.browser(cast.ana)
    answer = browser.send(address(discussion), method)
    check_headers(answer)
    assert (answer.status, answer.html) == (200, "")
