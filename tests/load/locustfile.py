"""What Locust runs: people who launch, read, ask for news, post, grade and moderate, and a class before its deadline.

It runs in an environment that has Locust and neither the application nor its tests: what it knows of the product it
finds on the pages, as browsers do.
"""

import itertools
import json
import os
import random
import re
from pathlib import Path
from time import time
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import gevent
import jwt
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from locust import FastHttpUser, events, task

from tests.load.crowd import VARIABLE, Crowd, Seat, context_of, link_of
from tests.load.mix import MIX

CROWD = Crowd.read(Path(os.environ[VARIABLE]))
CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership#"
WORDS = """leader manager course decision team plan purpose change reading argue example people work hospital harbour
school because therefore although vision budget staff align motivate control complex early late the and with"""
FORM = "application/x-www-form-urlencoded"
TOKEN = re.compile(r'data-token="([^"]+)"')
NEWS, SINCE = re.compile(r'data-news="([^"]+)"'), re.compile(r'data-since="(\d+)"')
MORE = re.compile(r'data-more="([^"]+)"')
REPLY = re.compile(r'href="[^"]*/posts/(\d+)/reply"')
RADIO = re.compile(r'<input[^>]*name="(criterion-\d+)"[^>]*value="(\d+)"')
VERSION = re.compile(r'<input[^>]*name="version"[^>]*value="(\d+)"')
FOUND, STORED, QUIET = frozenset({200}), frozenset({303}), frozenset({200, 204, 304})
MARKED = frozenset({303, 409})
"""Two graders may save the same student: the second is told so."""
NOTHING_HEARD = '"0-"'
UNTIL_TOLD = 3600.0
"""Seconds, longer than any trial."""
_key: Any = load_pem_private_key(Path(CROWD.key_file).read_bytes(), password=None)
"""Read once: to check a key takes as long as a hundred signatures, and whoever makes the load shares the cores."""
_turns = itertools.count()


def _serializer() -> Any:
    app = Flask("signer")
    app.secret_key = CROWD.secret
    return SecureCookieSessionInterface().get_signing_serializer(app)


_cookies = _serializer()


def _signed(seat: Seat) -> str:
    return str(_cookies.dumps({"visits": {str(seat.course_id): seat.token}}))


class Person:
    """One browser with its cookies. Its own are secure ones, which no library sends without a certificate."""

    def __init__(self, user: FastHttpUser, seat: Seat, discussion_id: int) -> None:
        self._user, self.seat, self.discussion_id = user, seat, discussion_id
        self.cookies = {CROWD.cookie: _signed(seat)}
        self.page, self.next_url, self.heard = "", "", NOTHING_HEARD
        self.offered: list[str] = []

    @property
    def home(self) -> str:
        """The address of the discussion."""
        return f"/courses/{self.seat.course_id}/discussions/{self.discussion_id}"

    def ask(
        self,
        name: str,
        url: str,
        statuses: frozenset[int] = FOUND,
        data: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Any:
        """One request, which fails unless it is answered with one of these statuses."""
        cookies = "; ".join(f"{key}={value}" for key, value in self.cookies.items())
        headers = {"Cookie": cookies, **(headers or {})}
        options: dict[str, Any] = {"name": name, "allow_redirects": False, "catch_response": True}
        if data is not None:
            headers |= {"Content-Type": FORM, "Referer": CROWD.url + self.home}
            options["data"] = urlencode(data)
        with self._user.client.request("GET" if data is None else "POST", url, headers=headers, **options) as answer:
            if answer.status_code in statuses:
                answer.success()
            else:
                answer.failure(f"{name}: {answer.status_code}")
                return None
        self._keep(answer.headers)
        return answer

    def open(self, name: str, url: str) -> None:
        """Open a page of the discussion, and keep what it offers."""
        answer = self.ask(name, url)
        self.page = answer.text if answer else ""
        self.heard = NOTHING_HEARD
        self._offer(self.page)

    def go_on(self) -> None:
        """Read the next posts, as the page's script fetches them; begin again where there are none."""
        if not self.next_url:
            self.open("read", self.home)
            return
        answer = self.ask("read", self.next_url)
        self._offer(answer.text if answer else "")

    def hear(self) -> None:
        """Ask for what is new, as the page's script does, which says what it has heard last."""
        address, since = (each.search(self.page) for each in (NEWS, SINCE))
        if not address or not since:
            self.open("read", self.home)
            return
        headers = {"If-None-Match": self.heard}
        answer = self.ask("news", f"{address[1]}?since={since[1]}", QUIET, headers=headers)
        if answer and answer.headers.get("etag"):
            self.heard = str(answer.headers.get("etag"))

    def token(self) -> str:
        """For forms, from a page that has been read, or is read for it."""
        if not TOKEN.search(self.page):
            self.open("read", self.home)
        found = TOKEN.search(self.page)
        return found[1] if found else ""

    def launch(self) -> None:
        """Come from the LMS: login, look for the cookie, signed message, first page."""
        self.cookies = {}
        params = {
            "iss": CROWD.issuer,
            "client_id": CROWD.client_id,
            "lti_deployment_id": CROWD.deployment_id,
            "target_link_uri": f"{CROWD.url}/lti/launch",
            "login_hint": "1",
            "lti_message_hint": "1",
        }
        check = self.ask("launch: login", "/lti/login", STORED, params)
        sent = check and self.ask("launch: check", _path(check), frozenset({302}))
        if not sent:
            return
        begun = {name: values[0] for name, values in parse_qs(urlsplit(sent.headers["Location"]).query).items()}
        message = jwt.encode(self._claims(begun["nonce"]), _key, "RS256", {"kid": CROWD.key_id})
        arrived = self.ask("launch: message", "/lti/launch", STORED, {"id_token": message, "state": begun["state"]})
        if arrived:
            self.open("launch", _path(arrived))

    def post(self, name: str, text: str, parent: str = "") -> bool:
        """Post, and look at the page that shows it; whether the post was acknowledged."""
        form = {"csrf_token": self.token(), "text": text} | ({"parent_id": parent} if parent else {})
        answer = self.ask(name, f"{self.home}/posts", STORED, form)
        if answer:
            self.open(f"{name}: its page", _path(answer))
        return bool(answer)

    def _offer(self, html: str) -> None:
        """What posts there are to answer, and whether there are more."""
        self.offered = REPLY.findall(html)
        found = MORE.search(html)
        self.next_url = found[1].replace("&amp;", "&") if found else ""

    def _keep(self, headers: Any) -> None:
        given = headers.get("set-cookie") or []
        for line in [given] if isinstance(given, str) else given:
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value

    def _claims(self, nonce: str) -> dict[str, Any]:
        now = int(time())
        seat = self.seat
        return {
            "iss": CROWD.issuer,
            "aud": CROWD.client_id,
            "sub": seat.sub,
            "nonce": nonce,
            "iat": now,
            "exp": now + 60,
            "given_name": seat.sub.title(),
            "family_name": "Family",
            CLAIM + "version": "1.3.0",
            CLAIM + "message_type": "LtiResourceLinkRequest",
            CLAIM + "deployment_id": CROWD.deployment_id,
            CLAIM + "target_link_uri": f"{CROWD.url}/lti/launch",
            CLAIM + "roles": [MEMBERSHIP + ("Instructor" if seat.is_staff else "Learner")],
            CLAIM + "context": {"id": context_of(seat.course_id), "label": "LEAD 501", "title": "Leadership 501"},
            CLAIM + "resource_link": {"id": link_of(self.discussion_id), "title": "Week"},
        }


def _path(answer: Any) -> str:
    parts = urlsplit(answer.headers["Location"])
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def words(count: int) -> str:
    """A text that resembles no other."""
    return " ".join(random.choices(WORDS.split(), k=count))


class Course(FastHttpUser):
    """Somebody of a course, and its instructor; with each launch somebody of another one."""

    host = CROWD.url
    paced = float(os.environ.get("LOAD_PACE", "0"))

    def on_start(self) -> None:
        """Sit down somewhere; those who take their time do not all begin at once."""
        self._sit()
        if self.paced:
            gevent.sleep(random.uniform(0, 1 / self.paced))

    def wait_time(self) -> float:
        """Between two kinds of work: none, or as slow as the trial wants."""
        return random.expovariate(self.paced) if self.paced else 0.0

    @task(MIX["launch"])
    def launch(self) -> None:
        """Come from the LMS, as somebody else than before."""
        self._sit()
        self.student.launch()

    @task(MIX["read"])
    def read(self) -> None:
        """Go on reading, or begin again."""
        self.student.go_on()

    @task(MIX["news"])
    def news(self) -> None:
        """Ask what every open page asks now and then."""
        self.student.hear()

    @task(MIX["post"])
    def post(self) -> None:
        """Answer a post of the page."""
        if not self.student.offered:
            self.student.open("read", self.student.home)
        if self.student.offered:
            self.student.post("post", words(90), random.choice(self.student.offered))

    @task(MIX["grade"])
    def grade(self) -> None:
        """Open one student on the desk, and save marks."""
        copy = (self.instructor.seat.course_id - CROWD.course_id) // 1_000_000
        student = CROWD.student(random.randrange(len(CROWD.student_ids)), copy)
        url = f"{self.instructor.home}/grading/{student.person_id}"
        answer = self.instructor.ask("grade: its page", url)
        page = answer.text if answer else ""
        levels, version = RADIO.findall(page), VERSION.search(page)
        if levels and version:
            marks = dict(random.sample(levels, len(levels)))
            form = {"csrf_token": self.instructor.token(), "version": version[1], "action": "save"}
            self.instructor.ask("grade", url, MARKED, {**form, **marks})

    @task(MIX["moderate"])
    def moderate(self) -> None:
        """Look at what waits for review, and mark a post as exemplary, or no longer."""
        self.instructor.ask("moderate: its page", f"{self.instructor.home}/moderation")
        if self.student.offered:
            url = f"{self.instructor.home}/moderation/posts/{random.choice(self.student.offered)}/"
            form = {"csrf_token": self.instructor.token()}
            self.instructor.ask("moderate", url + random.choice(("mark", "unmark")), STORED, form)

    def _sit(self) -> None:
        copy = random.randint(0, CROWD.copies)
        discussion_id = CROWD.discussion(random.randrange(len(CROWD.discussion_ids)), copy)
        self.student = Person(self, CROWD.student(random.randrange(len(CROWD.student_ids)), copy), discussion_id)
        self.instructor = Person(self, CROWD.instructor(copy), discussion_id)


class Rushing(FastHttpUser):
    """One student each, who launches shortly before the deadline, posts, looks at the post, and stays.

    Whoever left would be replaced at once: Locust lets in so many people a second besides those who are there.
    """

    host = CROWD.url

    def on_start(self) -> None:
        """Come at a moment of one's own: Locust lets in all people of a second together."""
        gevent.sleep(random.uniform(0, 1))

    def wait_time(self) -> float:
        """Until everybody is told to go."""
        return UNTIL_TOLD

    @task
    def hand_in(self) -> None:
        """Once."""
        person = Person(self, CROWD.student(next(_turns)), CROWD.deadline_id)
        person.launch()
        person.post("post", words(160))


@events.quitting.add_listener
def tell(environment: Any, **_others: Any) -> None:
    """Write what was measured, every time with how often."""
    file = os.environ["LOAD_STATS"]
    Path(file).write_text(json.dumps(environment.stats.serialize_stats()), encoding="utf-8")
