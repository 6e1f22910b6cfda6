"""A course behind the real web server, and browsers of people who are in it already, without an LMS."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests
from flask.sessions import SecureCookieSessionInterface
from werkzeug.routing import Rule

from lti_app.app import assemble, create_app
from lti_app.core.clock import system_clock
from lti_app.core.settings import load_settings
from lti_app.course.courses.actions import open_visit
from lti_app.course.courses.rules import Actor
from tests.cast import FRAME, Cast, gather_cast
from tests.factories import files
from tests.factories.discussions import set_up
from tests.factories.readings import add_readings
from tests.resilience.processes import COLLOQUY, Program, answers_at, environment, free_port
from tests.web import page as pages
from tests.web.browser import COOKIE
from tests.web.uploads import multipart

TITLES = ("Week 4 – Leading change", "Лидер", "Kotter’s “steps”")


class Client:
    """A browser of one person, at the real server."""

    def __init__(self, url: str, cookie: str) -> None:
        self.url, self.cookie, self._http = url, cookie, requests.Session()
        self._http.trust_env = False
        self._http.cookies.set(COOKIE, cookie, domain="127.0.0.1", path="/")

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> requests.Response:
        return self._sent("GET", path, headers=headers)

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def send_form(self, path: str, page: str, **fields: str) -> requests.Response:
        """Send a form with the token of a page."""
        token = pages.parse(self.get(page).text).one("meta", name="time-zone-url").attrs["data-token"]
        return self._sent("POST", path, data={"csrf_token": token, **fields}, headers={"Referer": self.url + page})

    def send_file(self, path: str, name: str, page: str, *, size: int = 0, **fields: str) -> requests.Response:
        """Send a PDF, of about so many bytes, in the form of a page."""
        return self.send_content(path, name, page, files.pdf(["One"]) + b"%" * size, **fields)

    def send_content(
        self, path: str, name: str, page: str, content: bytes, *, seconds: float = 20, **fields: str
    ) -> requests.Response:
        """Send a file in the form of a page, and wait for the answer so long between two bytes."""
        token = pages.parse(self.get(page).text).one("meta", name="time-zone-url").attrs["data-token"]
        body, kind = multipart({"csrf_token": token, **fields}, content, name)
        headers = {"Content-Type": kind, "Accept": "application/json", "Referer": self.url + page}
        return self._sent("POST", path, data=body, headers=headers, timeout=seconds)

    def _sent(self, method: str, path: str, *, timeout: float = 20, **options: Any) -> requests.Response:
        answer = self._http.request(method, self.url + path, timeout=timeout, allow_redirects=False, **options)
        for cookie in self._http.cookies:
            cookie.secure = False  # browsers send secure cookies to http://localhost, this jar would not
        return answer


class House:
    """The server with a course in which discussions have these titles."""

    def __init__(self, web: Program, url: str, environ: dict[str, str]) -> None:
        self.web, self.environ = web, environ
        parts = assemble(load_settings(environ))
        self._app, self._database, now = create_app(parts), parts.database, system_clock()
        self.url, self.base_url = url, environ["COLLOQUY_BASE_URL"]
        with parts.database.writing() as session:
            self.cast: Cast = gather_cast(session, now)
            self.reading_id = add_readings(session, self.cast.ines, now)[0]
            open_now: dict[str, Any] = {"post_first": False}
            self.discussions = [set_up(session, self.cast.ines, now, title=title, **open_now) for title in TITLES]
        self.home = f"/courses/{self.cast.course_id}"

    def leave(self) -> None:
        """Let go of the database."""
        self._database.engine.dispose()

    def rules(self) -> Iterator[Rule]:
        """The addresses of the application."""
        return self._app.url_map.iter_rules()

    def client(self, actor: Actor) -> Client:
        """Their browser, which keeps a visit."""
        with self._database.writing() as session:
            about: dict[str, Any] = {"role": actor.role, "frame_origins": FRAME, "now": system_clock()}
            token = open_visit(session, course_id=actor.course_id, person_id=actor.person_id, **about)
        signing = SecureCookieSessionInterface().get_signing_serializer(self._app)
        return Client(self.url, signing.dumps({"visits": {str(actor.course_id): token}}))


@contextmanager
def serving_house(
    folder: Path,
    database_url: str,
    redis_url: str | None = None,
    *,
    processes: int = 1,
    looks_up_through: str | None = None,
) -> Iterator[House]:
    """`colloquy serve` with a course. It looks up DOIs only if there is a proxy through which to do so."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environ = environment(
        DATABASE_URL=database_url,
        REDIS_URL=redis_url,
        BASE_URL=f"http://localhost:{port}",
        FILES=str(folder / "files"),
        DOI_LOOKUP="true" if looks_up_through else "false",
    )
    if looks_up_through:
        environ |= {"HTTPS_PROXY": looks_up_through, "https_proxy": looks_up_through, "NO_PROXY": "", "no_proxy": ""}
    command = (*COLLOQUY, "serve", "--port", str(port), "--processes", str(processes))
    web = Program(*command, environ=environ, log=folder / "web.log", ready=answers_at(f"{url}/healthz"))
    house = House(web, url, environ)
    try:
        web.start()
        web.await_ready()
        yield house
    finally:
        web.end()
        house.leave()
