"""A browser within the LMS's frame: cookies, real CSRF tokens, and a look at every answer that comes."""

from functools import cached_property
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from lti_app.web.session import remember_visit
from tests.web import page as pages
from tests.web.page import Element

BASE = "https://localhost"
COOKIE = "__Host-colloquy"
PARTS = ("/thread/more", "/like/part", "/posts/part", "/edit/part")
"""How addresses end that answer with parts of a page."""


class Answer:
    """What came back."""

    def __init__(self, response: TestResponse) -> None:
        self.response = response
        self.status, self.headers = response.status_code, response.headers
        self.location = response.headers.get("Location", "")
        self.cookies = response.headers.getlist("Set-Cookie")
        self.body = response.get_data()
        self.html = self.body.decode("utf-8", "replace")
        response.close()

    @cached_property
    def page(self) -> Element:
        """The parsed page."""
        return pages.parse(self.html)

    @property
    def text(self) -> str:
        """The words of the page."""
        return self.page.one("body").text

    @property
    def kept(self) -> list[str]:
        """What stands in the text areas of the page."""
        return [area.written for area in self.page.all("textarea")]

    def beside(self, name: str) -> str:
        """The error that stands beside the field of this name."""
        field = next(e for e in self.page.all("input", "select", "textarea") if e.attrs.get("name") == name)
        assert field.attrs.get("aria-invalid") == "true", f"{name} is not marked"
        errors = {e.attrs["id"]: e.text for e in self.page.all("p", class_="error") if "id" in e.attrs}
        return " ".join(errors[one] for one in field.attrs.get("aria-describedby", "").split() if one in errors)


class Browser:
    """One browser with its cookie jar. Every answer is checked for its headers and, if it is a page, for its HTML."""

    def __init__(self, app: Flask) -> None:
        self.app, self.client = app, app.test_client()

    def remember(self, course_id: int, token: str) -> "Browser":
        """Keep a visit in the cookie, as a launch does."""
        with self.app.test_request_context(base_url=BASE) as context:
            remember_visit(course_id, token)
            visits = context.session["visits"]
        with self.client.session_transaction(base_url=BASE) as session:
            session["visits"] = {**session.get("visits", {}), **visits}
        return self

    def get(self, path: str, **options: Any) -> Answer:
        """Open an address."""
        return self._checked(self.client.get(path, base_url=BASE, **options))

    def send(self, path: str, method: str = "POST", **options: Any) -> Answer:
        """Send anything at all, without a token; the Referer is one's own page."""
        options.setdefault("headers", {"Referer": f"{BASE}/"})
        return self._checked(self.client.open(path, method=method, base_url=BASE, **options))

    def post(self, path: str, **fields: str) -> Answer:
        """Send a form that no page offered, with the session's own CSRF token (any page of the course has it)."""
        return self.send(path, data={"csrf_token": self.token("/".join(path.split("/")[:3])), **fields})

    def token(self, page: str) -> str:
        """The CSRF token that a page offers to its script."""
        return self.get(page).page.one("meta", name="time-zone-url").attrs["data-token"]

    def post_form(self, path: str, form_page: str, **fields: str | None) -> Answer:
        """Open a page, fill in its form that goes to `path`, and send it; None leaves a field out."""
        form = self.form(path, form_page)
        filled = pages.values_of(form) | fields
        data = {name: value for name, value in filled.items() if value is not None}
        return self.send(path, data=data, headers={"Referer": f"{BASE}{form_page}"})

    def form(self, path: str, form_page: str) -> Element:
        """The only form of a page that goes to `path`, or of the page to which the page's composer has a way."""
        forms, page = self._forms(path, form_page)
        for link in () if forms else page.all("a", **{"data-composer": ""}):
            forms, page = self._forms(path, link.attrs["href"])
        assert len(forms) == 1, f"{len(forms)} forms to {path} on {form_page}"
        return forms[0]

    def _forms(self, path: str, form_page: str) -> tuple[list[Element], Element]:
        answer = self.get(form_page)
        assert answer.status == 200, f"{form_page}: {answer.status}"
        here, sent = form_page.partition("?")[0], answer.page.all("form", method="post")
        return [form for form in sent if (form.attrs.get("action") or here) == path], answer.page

    def _checked(self, response: TestResponse) -> Answer:
        answer = Answer(response)
        assert answer.status < 500, f"{response.request.path}: {answer.status}, see the log"
        check_headers(answer)
        is_page = response.mimetype == "text/html" and "attachment" not in answer.headers.get("Content-Disposition", "")
        is_page = is_page and not response.request.path.endswith(PARTS)
        if is_page and answer.html and answer.status not in (301, 302, 303, 307, 308):
            assert not (found := pages.faults(answer.page)), f"{response.request.path}: {found}"
        return answer


def check_headers(answer: Answer) -> None:
    """What must be true of every answer, whatever it is."""
    for name, value in answer.headers.items():
        assert max(map(ord, value), default=0) < 256, f"{name} cannot be sent: {value}"
    policy = policy_of(answer)
    assert policy["default-src"] == ["'none'"]
    assert policy["base-uri"] == ["'none'"]
    assert policy["frame-ancestors"]
    is_static = answer.response.request.path.startswith("/static/")
    if "Content-Disposition" in answer.headers and not is_static:  # what somebody has sent in or takes out, by itself
        assert policy.keys() <= {"default-src", "base-uri", "frame-ancestors", "form-action", "sandbox"}
        assert policy["form-action"] == ["'none'"]
    else:
        assert policy["script-src"] == policy["style-src"] == policy["form-action"] == ["'self'"]
    assert not any("unsafe" in source for sources in policy.values() for source in sources)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    kept = answer.headers["Cache-Control"]
    assert "no-store" in kept or "immutable" in kept or (kept == "private, no-cache" and "ETag" in answer.headers)
    for cookie in answer.cookies:
        name, _, rest = cookie.partition("=")
        flags = {flag.strip() for flag in rest.split(";")[1:]}
        assert name == COOKIE
        assert flags == {"Secure", "HttpOnly", "SameSite=None", "Partitioned", "Path=/"}, flags


def policy_of(answer: Answer) -> dict[str, list[str]]:
    """The content security policy, sources by directive."""
    directives = [part.split() for part in answer.headers["Content-Security-Policy"].split(";")]
    return {words[0]: words[1:] for words in directives}
