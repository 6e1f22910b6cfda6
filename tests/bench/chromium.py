"""What a reader waits for in Chromium, with all the requests that a page makes: the first visit and later ones, reading
a long discussion to its end, and a reply until its author sees it.

It follows what pages offer: the link to more posts, the link to reply, the button that posts; whether a page or a part
of one comes is the product's own matter. Times are taken in the page: a click is noted where it happens, and what it
brings as soon as a frame shows it, in whichever document that is.
"""

import base64
import gzip
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from typing import Any

from playwright.sync_api import BrowserContext, Page, sync_playwright

from lti_app.app import COOKIE
from tests.bench.course import WRITTEN, BenchCourse
from tests.bench.measure import Meter, noise_of
from tests.bench.served import Served
from tests.lti.local_server import LocalServer
from tests.services.programs import CHROMIUM, find_or_install

FRAME = {"width": 880, "height": 580}
"""As in a real Moodle."""
PATIENCE = 60_000
VISITS, REPLIES = 9, 7
LARGE, SIZE = 2000, 500
MORE = ".thread a[rel=next]"
POSTS = "article.post"
COMPRESSIBLE = ("text/", "application/javascript", "application/json", "image/svg+xml")
_PARENT = ".acts a[href$='/reply']"
_FIELD = ".composer [contenteditable=true]:visible, textarea[name=text]:visible"

WATCH = """
(() => {
  const now = () => performance.timeOrigin + performance.now();
  const kept = sessionStorage;
  addEventListener("click", () => { if (kept.watched && !kept.begun) kept.begun = now(); }, true);
  const look = () => {
    const isThere = (what) => what.startsWith("#")
      ? document.getElementById(what.slice(1))
      : [...document.querySelectorAll("article.post .prose")].some(
          (text) => !text.closest("form") && text.textContent.includes(what));
    const found = kept.watched && kept.begun && !kept.seen && isThere(kept.watched);
    if (found) kept.seen = now();
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})();
"""
"""Notes when something was clicked, and when a post of this id, or with this text, was there. What stands in a form is
not posted yet.
"""

PACE, STRETCH = 15_000, 60_000
"""Pixels a second, and at a time: a key that is held comes thirty times a second, each time most of a window."""
HAND = {"x": 440, "y": 290, "gestureSourceType": "mouse"}
READING = """
(more) => {
  const waits = [];
  let link, end = Infinity, clear = performance.now(), waited = 0, isOver = false;
  const look = () => {
    const now = performance.now(), seen = scrollY + innerHeight;
    if (!link?.isConnected) link = [...document.querySelectorAll(more)].at(-1);
    if (seen > end) waited = now - clear;
    end = link ? link.getBoundingClientRect().top + scrollY : Infinity;
    if (seen <= end) {
      if (waited) waits.push(waited);
      waited = 0;
      clear = now;
    }
    if (!isOver) requestAnimationFrame(look);
  };
  look();
  window.stopReading = () => {
    isOver = true;
    look();
    return waited ? [...waits, waited] : waits;
  };
}
"""
"""Looks at each frame whether the end of what was there at the last one is in the window, or has been passed since."""


class Wire:
    """What comes over the line for a page, as the browser's own tools count it: with headers, and without what the
    browser has already.
    """

    def __init__(self, page: Page) -> None:
        self._session = page.context.new_cdp_session(page)
        self._session.send("Network.enable")
        self._answers: dict[str, dict[str, Any]] = {}
        self._sizes: dict[str, int] = {}
        self._session.on("Network.responseReceived", self._received)
        self._session.on("Network.loadingFinished", self._finished)

    @property
    def bytes(self) -> int:
        """All that came."""
        return sum(self._sizes.values())

    def zipped(self) -> int:
        """What it would have been with everything compressed that can be."""
        return sum(min(size, self._zipped(key)) if size else 0 for key, size in self._sizes.items())

    def _received(self, told: dict[str, Any]) -> None:
        self._answers[told["requestId"]] = told["response"]

    def _finished(self, told: dict[str, Any]) -> None:
        self._sizes[told["requestId"]] = int(told["encodedDataLength"])

    def _zipped(self, key: str) -> int:
        answer = self._answers[key]
        encoded = any(name.lower() == "content-encoding" for name in answer["headers"])
        if encoded or not answer["mimeType"].startswith(COMPRESSIBLE):
            return self._sizes[key]
        body = self._session.send("Network.getResponseBody", {"requestId": key})
        text = base64.b64decode(body["body"]) if body["base64Encoded"] else body["body"].encode()
        return self._sizes[key] - len(text) + len(gzip.compress(text, 6))


def measure_in_chromium(meter: Meter, course: BenchCourse, served: Served) -> None:
    """The rows of a browser."""
    with _browser(course, served) as context:
        url = served.url + course.path(SIZE)
        _bytes_of_visits(meter, context, url)
        page = context.new_page()
        first = _first_page(page, url, served)
        name = f"Chromium: first page of {SIZE} posts"
        meter.add(name, median_ms=statistics.median(first.waits), cpu_ms=first.cpu, noise=noise_of(first.waits))
        _read_on(meter, page, served.url + course.path(LARGE), served)
        _reply(meter, page, served.url + course.path(WRITTEN), served, first)


class Door(LocalServer):
    """Gives whoever comes the cookie that a launch would have given. Cookies are for all ports of a host."""

    def __init__(self, value: str) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Length", "0")
                flags = "Secure; HttpOnly; SameSite=None; Partitioned; Path=/"
                self.send_header("Set-Cookie", f"{COOKIE}={value}; {flags}")
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                """Say nothing."""

        super().__init__(Handler)


@dataclass(frozen=True)
class Waited:
    """Milliseconds, and the server's for each."""

    waits: list[float]
    cpu: float


@contextmanager
def _browser(course: BenchCourse, served: Served) -> Iterator[BrowserContext]:
    """The first student's browser, which has never been here."""
    program = str(find_or_install(CHROMIUM))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        context = browser.new_context(viewport=FRAME, timezone_id="Europe/London")  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE)
        with Door(served.signed(course.course_id, course.students[0])).running() as door:
            page = context.new_page()
            page.goto(door.url.replace("127.0.0.1", "localhost"))
            page.close()
        context.add_init_script(WATCH)
        yield context
        browser.close()


def _bytes_of_visits(meter: Meter, context: BrowserContext, url: str) -> None:
    for name in ("the first visit", "a later visit"):
        page = context.new_page()
        wire = Wire(page)
        page.goto(url, wait_until="networkidle")
        if not page.locator(POSTS).count():
            raise RuntimeError(f"no posts at {url}: {page.locator('h1').first.text_content()}")
        meter.add(f"Chromium: bytes of {name}", bytes=wire.bytes, gzip=wire.zipped())
        page.close()


def _first_page(page: Page, url: str, served: Served) -> Waited:
    """From asking for the page until its posts are there, with scripts and styles kept from an earlier visit."""
    waits, used = [], 0.0
    for turn in range(VISITS + 1):
        page.goto("about:blank")
        before = served.cpu_seconds()
        page.goto(url, wait_until="domcontentloaded")
        if turn:  # the first one is for warmth
            used += served.cpu_seconds() - before
            waits.append(float(page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd")))
    return Waited(waits, used * 1000 / VISITS)


def _read_on(meter: Meter, page: Page, url: str, served: Served) -> None:
    """A long discussion from its first post to its last, scrolled as fast as somebody does who holds Page Down; no
    wheel is so fast for long. It goes on at that speed whatever the page does meanwhile.

    One waits from the last frame in which the end of what was there was still below the window, until a frame in which
    posts stand in its place. Where they do not come by themselves, the link to them is followed.
    """
    page.goto("about:blank")
    before = served.cpu_seconds()
    page.goto(url, wait_until="networkidle")
    first_cpu, first_posts = served.cpu_seconds() - before, page.locator(POSTS).count()
    read, waits = _ids(page), [0.0]
    before = served.cpu_seconds()
    while page.locator(MORE).count():
        waits += [*_scroll(page), *([_go_on(page)] if _is_stuck(page) else [])]
        read |= _ids(page)
    cpu = served.cpu_seconds() - before
    posts = len(read) - first_posts
    if not posts or not first_cpu:
        return
    each, floor = cpu * 1000 / posts, first_cpu * 1000 / first_posts
    name = f"Chromium: reading on, {LARGE} posts, CPU a post"
    meter.add(name, cpu_ms=each, floor_ms=floor, ratio=each / floor, noise=0.05)
    meter.add("Chromium: longest wait for the next posts", median_ms=max(waits), noise=0.3)


def _scroll(page: Page) -> list[float]:
    """Scroll on for some seconds; milliseconds for which there was nothing more to see, each time."""
    page.evaluate(READING, MORE)
    hand = page.context.new_cdp_session(page)
    hand.send("Input.synthesizeScrollGesture", {**HAND, "yDistance": -STRETCH, "speed": PACE})
    hand.detach()
    waits: list[float] = page.evaluate("window.stopReading()")
    return waits


def _is_stuck(page: Page) -> bool:
    """Whether one is at the end of what there is, and nothing comes."""
    page.wait_for_load_state("networkidle")
    at_end = "scrollY + innerHeight >= document.documentElement.scrollHeight - 1"
    return bool(page.locator(MORE).count() and page.evaluate(at_end))


def _ids(page: Page) -> set[str]:
    found: list[str] = page.locator(POSTS).evaluate_all("(posts) => posts.map((post) => post.id)")
    return set(found)


def _go_on(page: Page) -> float:
    """Ask for the next posts; milliseconds until the first of them is there."""
    more = page.locator(MORE).last
    anchor = (more.get_attribute("href") or "").partition("#")[2]
    _watch(page, f"#{anchor}")
    more.evaluate("(link) => link.click()")
    return _waited(page)


def _reply(meter: Meter, page: Page, url: str, served: Served, first: Waited) -> None:
    """Replies to one post after another, each from the click that posts it until its words stand on a page."""
    waits, cpus = [], []
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    for turn in range(REPLIES + 1):
        page.goto(url, wait_until="networkidle")
        page.locator(_PARENT).nth(turn).click()
        words = f"reply-{turn}-{meter.database}"
        page.locator(_FIELD).first.focus()
        page.keyboard.insert_text(f"{words} says what it means to say, in a sentence or two.")
        page.wait_for_load_state("networkidle")
        _watch(page, words)
        requests.clear()
        before = served.cpu_seconds()
        page.get_by_role("button", name="Post reply").click()
        wait = _waited(page)
        if turn:
            waits.append(wait)
            cpus.append((served.cpu_seconds() - before) * 1000)
    wall, cpu, floor = statistics.median(waits), statistics.median(cpus), statistics.median(first.waits)
    noise = noise_of(waits)
    meter.add(
        "Chromium: a reply until its author sees it", median_ms=wall, floor_ms=floor, ratio=wall / floor, noise=noise
    )
    name = "Chromium: a reply until seen, server CPU"
    ratio = cpu / first.cpu if first.cpu else None
    meter.add(name, cpu_ms=cpu, floor_ms=first.cpu, ratio=ratio, noise=noise_of(cpus))


def _watch(page: Page, what: str) -> None:
    page.evaluate("(what) => { sessionStorage.clear(); sessionStorage.watched = what; }", what)


def _waited(page: Page) -> float:
    """Milliseconds between the click and the sight, once both have been."""
    page.wait_for_function("() => sessionStorage.seen")
    return float(page.evaluate("Number(sessionStorage.seen) - Number(sessionStorage.begun)"))
