"""What is asked of every endpoint, so that each is asked the same."""

from typing import Any

from lti_app.course.courses.rules import Actor
from tests.web.browser import Answer
from tests.web.site import Site


def refused(answer: Answer, status: int, kept: str = "") -> None:
    """A page in plain words with this status, and the text that the person had written."""
    assert answer.status == status, answer.html[:1500]
    assert answer.page.one("h1").text
    assert answer.page.all("p", class_="lead")[0].text
    assert "Reference: " in answer.text
    if kept:
        assert kept in answer.kept


def refuses_no_visit(site: Site, path: str) -> None:
    """Nobody reads a page without a visit; the answer says what to do, and sets no cookie."""
    answer = site.stranger().get(path)
    refused(answer, 401)
    assert "Go back to your course page and open the activity again" in answer.text
    assert not answer.cookies


def refuses_unsafe_posts(site: Site, actor: Actor, path: str, kept: str = "", **fields: str) -> None:
    """Posts without a visit, without a CSRF token, with another session's or from another site change nothing."""
    refused(site.stranger().send(path, data=fields), 401, kept)
    browser = site.browser(actor)
    refused(browser.send(path, data=fields), 401, kept)
    refused(browser.send(path, data={**fields, "csrf_token": "forged"}), 401, kept)
    home = f"/courses/{actor.course_id}"
    data = {**fields, "csrf_token": site.browser(actor).token(home)}
    refused(browser.send(path, data=data), 401, kept)
    data = {**fields, "csrf_token": browser.token(home)}
    refused(browser.send(path, data=data, headers={"Referer": "https://evil.example/"}), 401, kept)
    refused(browser.send(path, data=data, headers={}), 401, kept)


def refuses_methods(site: Site, actor: Actor, path: str, *methods: str) -> None:
    """Other methods are answered with 405."""
    browser = site.browser(actor)
    for method in methods:
        answer = browser.send(path, method)
        refused(answer, 405)
        assert method not in answer.headers.get("Allow", "")


def costs(site: Site, work: Any) -> int:
    """How many statements a piece of work takes, the second time (the first may fill caches)."""
    work()
    with site.statements() as sent:
        work()
    return len(sent)
