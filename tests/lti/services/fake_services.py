"""An LMS's token, AGS and NRPS services over real HTTP, as strict and as odd as the Moodle 4.5 that was observed."""

import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler
from threading import Lock
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.lti.local_server import LocalServer

LINE_ITEM = "application/vnd.ims.lis.v2.lineitem+json"
LINE_ITEMS = "application/vnd.ims.lis.v2.lineitemcontainer+json"
SCORE = "application/vnd.ims.lis.v1.score+json"
RESULTS = "application/vnd.ims.lis.v2.resultcontainer+json"
MEMBERS = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"


@dataclass(frozen=True)
class FakeResponse:
    """An answer; `hangs` until the server is stopped."""

    status: int
    body: Any = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    reason: str | None = None
    hangs: bool = False


@dataclass(frozen=True)
class ReceivedRequest:
    """A request as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.body.decode()).items()}


MAINTENANCE = FakeResponse(200, "<!doctype html><title>Maintenance</title>", {"Content-Type": "text/html"})
"""A page where the LMS's services should answer."""


class FakeServices(LocalServer):
    """Answers `/token`, `/lineitems…` and `/members`; `instead` holds answers to give first."""

    def __init__(self) -> None:
        super().__init__(self._handler())
        self.asked: dict[str, list[ReceivedRequest]] = defaultdict(list)
        self.instead: dict[str, list[FakeResponse]] = defaultdict(list)
        self.always: dict[str, FakeResponse] = {}
        self.token_answer: dict[str, Any] = {"token_type": "Bearer", "expires_in": 3600}
        self.tokens: list[str] = []
        self.items: dict[int, dict[str, Any]] = {}
        self.scores: dict[tuple[int, str], dict[str, Any]] = {}
        self.students = {"s0", "s1", "s2"}
        self.members: list[dict[str, Any]] = []
        self.page_size: int | None = None
        self.before_page: dict[int, FakeResponse] = {}
        "What is answered in place of a page of a list, by its number from 0."
        self.refuse_links_with: int | None = None
        self.refuse_others_with: int | None = None
        "The status for a new column of a link, and for one that belongs to none."
        self.before_create: Callable[[], None] = lambda: None
        self._lock = Lock()
        self.lineitems_url = f"{self.url}/lineitems?type_id=1"
        self.members_url = f"{self.url}/members"

    def item_url(self, number: int) -> str:
        return f"{self.url}/lineitems/{number}/lineitem?type_id=1"

    def add_item(self, **more: Any) -> str:
        number = max(self.items, default=0) + 1
        self.items[number] = {"label": "Column", "scoreMaximum": 20, **more, "id": self.item_url(number)}
        return self.item_url(number)

    def answer(self, asked: ReceivedRequest) -> FakeResponse:
        service = _service(asked)
        with self._lock:
            self.asked[service].append(asked)
            if self.instead[service]:
                return self.instead[service].pop(0)
        if service in self.always:
            return self.always[service]
        if service == "token":
            return self._grant()
        if asked.headers.get("Authorization", "") not in {f"Bearer {token}" for token in self.tokens}:
            return FakeResponse(401, {"status": 401, "reason": "Unauthorized"})
        return getattr(self, f"_{service}")(asked)

    def _grant(self) -> FakeResponse:
        self.tokens.append(f"token-{len(self.tokens) + 1}")
        return FakeResponse(200, {"access_token": self.tokens[-1], **self.token_answer})

    def _lineitems(self, asked: ReceivedRequest) -> FakeResponse:
        if asked.query.get("type_id") != "1":
            return FakeResponse(404)
        if asked.path.endswith("/lineitem"):
            return self._item(asked)
        if asked.method == "POST":
            return self._create(asked)
        if asked.headers.get("Accept") != LINE_ITEMS:
            return FakeResponse(400, {"status": 400, "reason": "No handler found"})
        found = list(self.items.values())
        for name, key in (("resource_link_id", "resourceLinkId"), ("resource_id", "resourceId"), ("tag", "tag")):
            found = [item for item in found if name not in asked.query or item.get(key) == asked.query[name]]
        return self._page(asked, found, "<{url}>; rel=“next”")

    def _item(self, asked: ReceivedRequest) -> FakeResponse:
        number = int(asked.path.split("/")[2])
        if number not in self.items:
            return FakeResponse(404)
        if asked.method == "PUT":
            if asked.headers.get("Content-Type") != LINE_ITEM:
                return FakeResponse(400, {"status": 400, "reason": "No handler found"})
            self.items[number] = {**asked.json, "id": self.item_url(number)}
        return FakeResponse(200, self.items[number])

    def _create(self, asked: ReceivedRequest) -> FakeResponse:
        if asked.headers.get("Content-Type") != LINE_ITEM:
            return FakeResponse(400, {"status": 400, "reason": "No handler found"})
        self.before_create()
        refusal = self.refuse_links_with if asked.json.get("resourceLinkId") else self.refuse_others_with
        if refusal:
            return FakeResponse(refusal)
        url = self.add_item(**asked.json)
        return FakeResponse(201, next(item for item in self.items.values() if item["id"] == url))

    def _scores(self, asked: ReceivedRequest) -> FakeResponse:
        number, body = int(asked.path.split("/")[2]), asked.json
        if number not in self.items or asked.query.get("type_id") != "1":
            return FakeResponse(404, {"status": 404, "reason": f"Not Found: Grade item {number} doesn't exist"})
        if asked.headers.get("Content-Type") != SCORE:
            return FakeResponse(400, {"status": 400, "reason": "No handler found"})
        if body["userId"] not in self.students:
            return FakeResponse(400, [], reason=f"Incorrect score received{asked.body.decode()}")
        known = self.scores.get((number, body["userId"]))
        if known and _second(body) <= _second(known):
            return FakeResponse(409, [], reason="Refusing score with an earlier timestamp")
        self.scores[number, body["userId"]] = body
        return FakeResponse(200)

    def _members(self, asked: ReceivedRequest) -> FakeResponse:
        if asked.headers.get("Accept") != MEMBERS:
            return FakeResponse(400)
        answer = self._page(asked, self.members, '<{url}>; rel="next"')
        if answer in self.before_page.values():
            return answer
        return FakeResponse(200, {"id": self.members_url, "members": answer.body}, answer.headers)

    def _results(self, asked: ReceivedRequest) -> FakeResponse:
        number = int(asked.path.split("/")[2])
        if number not in self.items or asked.query.get("type_id") != "1":
            return FakeResponse(404, {"status": 404, "reason": f"Not Found: Grade item {number} doesn't exist"})
        if asked.headers.get("Accept") != RESULTS:
            return FakeResponse(400, {"status": 400, "reason": "No handler found"})
        if "limit" in asked.query:
            return FakeResponse(404, "<html>Call to a member function out() on null</html>")
        maximum = self.items[number]["scoreMaximum"]
        found = [
            {
                "userId": sub,
                "resultScore": body["scoreGiven"] * maximum / body["scoreMaximum"],
                "resultMaximum": maximum,
            }
            for (item, sub), body in self.scores.items()
            if item == number and asked.query.get("user_id", sub) == sub
        ]
        return self._page(asked, found, '<{url}>; rel="next"')

    def _page(self, asked: ReceivedRequest, found: list[Any], link: str) -> FakeResponse:
        """A page with an address for the next one in which capitals matter and `&` is written as in HTML."""
        if not self.page_size:
            return FakeResponse(200, found)
        start = int(asked.query.get("Bookmark", "aB0")[2:])
        if start // self.page_size in self.before_page:
            return self.before_page[start // self.page_size]
        rest = found[start + self.page_size :]
        query = "&amp;".join(["type_id=1", f"Bookmark=aB{start + self.page_size}"])
        url = f"{self.url}{asked.path}?{query}"
        others = "".join(f"&amp;{name}={asked.query[name]}" for name in ("resource_link_id",) if name in asked.query)
        current = f'<{self.url}{asked.path}>; rel="current first"'
        headers = {"Link": ", ".join([current, link.format(url=url + others)])} if rest else {"Link": current}
        return FakeResponse(200, found[start : start + self.page_size], headers)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._meet()

            def do_POST(self) -> None:
                self._meet()

            def do_PUT(self) -> None:
                self._meet()

            def _meet(self) -> None:
                parts = urlsplit(self.path)
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
                self._send(outer.answer(ReceivedRequest(self.command, parts.path, query, dict(self.headers), body)))

            def _send(self, answer: FakeResponse) -> None:
                if answer.hangs:
                    self.close_connection = True
                    outer.over.wait()
                    return
                text = answer.body if isinstance(answer.body, str) else json.dumps(answer.body)
                self.send_response(answer.status, answer.reason)
                for name, value in answer.headers.items():
                    self.send_header(name, value.encode().decode("latin-1"))
                self.send_header("Content-Length", str(len(text.encode())))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *args: Any) -> None:
                """Say nothing."""

        return Handler


def _service(asked: ReceivedRequest) -> str:
    if asked.path.startswith("/lineitems"):
        last = asked.path.rpartition("/")[2]
        return last if last in ("scores", "results") else "lineitems"
    return asked.path.strip("/")


def _second(body: dict[str, Any]) -> int:
    return int(datetime.fromisoformat(body["timestamp"]).timestamp())


def member(number: int, **more: object) -> dict[str, object]:
    return {"user_id": f"s{number}", "status": "Active", "roles": ["Learner"], "name": f"Person {number}", **more}
