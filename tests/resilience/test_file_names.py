"""Names and titles in any script, through the real web server: a test client takes headers that no server can send."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
from werkzeug.http import parse_options_header

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

NAMES = {
    "Kotter’s eight steps.pdf": "Kotters eight steps.pdf",
    "Week 3 – notes.pdf": "Week 3 notes.pdf",
    "レポート.pdf": "file.pdf",
    "Отчёт 2.pdf": "2.pdf",
    "Käse 👍.pdf": "Kase.pdf",
    "notes.v2.final.pdf": "notes.v2.final.pdf",
}
"""As they were sent, and what is left of them in ASCII."""
TITLES = ("Week 4 – Leading change", "Лидер", "Kotter’s “steps”")


class Client:
    """A browser of one person, at the real server."""

    def __init__(self, url: str, cookie: str) -> None:
        self.url, self._http = url, requests.Session()
        self._http.trust_env = False
        self._http.cookies.set(COOKIE, cookie, domain="127.0.0.1", path="/")

    def get(self, path: str) -> requests.Response:
        return self._sent("GET", path)

    def send_file(self, path: str, name: str, page: str, **fields: str) -> requests.Response:
        """Send a PDF in the form of a page."""
        token = pages.parse(self.get(page).text).one("meta", name="time-zone-url").attrs["data-token"]
        body, kind = multipart({"csrf_token": token, **fields}, files.pdf(["One"]), name)
        headers = {"Content-Type": kind, "Accept": "application/json", "Referer": self.url + page}
        return self._sent("POST", path, data=body, headers=headers)

    def _sent(self, method: str, path: str, **options: Any) -> requests.Response:
        answer = self._http.request(method, self.url + path, timeout=20, allow_redirects=False, **options)
        for cookie in self._http.cookies:
            cookie.secure = False  # browsers send secure cookies to http://localhost, this jar would not
        return answer


class House:
    """The server with a course in which discussions have these titles."""

    def __init__(self, url: str, environ: dict[str, str]) -> None:
        parts = assemble(load_settings(environ))
        self._app, self._database, now = create_app(parts), parts.database, system_clock()
        self.url = url
        with parts.database.writing() as session:
            self.cast: Cast = gather_cast(session, now)
            self.reading_id = add_readings(session, self.cast.ines, now)[0]
            open_now: dict[str, Any] = {"post_first": False}
            self.discussions = [set_up(session, self.cast.ines, now, title=title, **open_now) for title in TITLES]
        self.home = f"/courses/{self.cast.course_id}"

    def client(self, actor: Actor) -> Client:
        with self._database.writing() as session:
            about: dict[str, Any] = {"role": actor.role, "frame_origins": FRAME, "now": system_clock()}
            token = open_visit(session, course_id=actor.course_id, person_id=actor.person_id, **about)
        signing = self._app.session_interface.get_signing_serializer(self._app)  # type: ignore[attr-defined]
        return Client(self.url, signing.dumps({"visits": {str(actor.course_id): token}}))


@contextmanager
def serving(folder: Path, database_url: str) -> Iterator[House]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environ = environment(
        DATABASE_URL=database_url, BASE_URL=f"http://localhost:{port}", FILES=str(folder / "files"), DOI_LOOKUP="false"
    )
    command = (*COLLOQUY, "serve", "--port", str(port))
    web = Program(*command, environ=environ, log=folder / "web.log", ready=answers_at(f"{url}/healthz"))
    try:
        house = House(url, environ)
        web.start()
        web.await_ready()
        yield house
    finally:
        web.end()


@pytest.fixture
def house(sqlite_url: str, tmp_path: Path) -> Iterator[House]:
    with serving(tmp_path, sqlite_url) as house:
        yield house


def names_of(answer: requests.Response) -> tuple[str, str]:
    """The name in ASCII, and the whole name."""
    assert answer.status_code == 200, answer.text[:200]
    header = answer.headers["Content-Disposition"]
    assert header.isascii()
    _, options = parse_options_header(header)
    plain = header.partition('filename="')[2].partition('"')[0] or header.partition("filename=")[2].partition(";")[0]
    return plain, options["filename"]


def test_files_keep_their_names_in_any_script(house: House):
    ines, home = house.client(house.cast.ines), house.home
    for name, plain in NAMES.items():
        sent = ines.send_file(f"{home}/files", name, home)
        assert sent.json()["name"] == name
        assert names_of(ines.get(sent.json()["url"])) == (plain, name)
    form = f"{home}/readings/{house.reading_id}/file"
    for name, plain in NAMES.items():
        sent = ines.send_file(form, name, home, ground="open_licence", note="CC BY 4.0", first_page="1")
        assert sent.status_code == 303, sent.text[:300]
        page = pages.parse(ines.get(f"{home}/readings/{house.reading_id}/read").text)
        address = page.one("div", class_="sheets").attrs["data-url"]
        assert names_of(ines.get(address)) == (plain, name)


@pytest.mark.parametrize("kind", ["html", "pdf", "csv", "json"])
def test_exports_are_named_after_titles_in_any_script(house: House, kind: str):
    ines = house.client(house.cast.ines)
    for discussion, title in zip(house.discussions, TITLES, strict=True):
        path = f"{house.home}/discussions/{discussion.id}/export/file?kind={kind}&scope=readable"
        plain, whole = names_of(ines.get(path))
        assert whole.startswith(title)
        assert plain.endswith(f".{kind}")
