"""Somebody at a browser, as far as HTTP sees it: launches from the LMS and fills in the tool's forms."""

from urllib.parse import urljoin, urlsplit

import requests

from tests.web import page as pages
from tests.web.page import Element

ANSWER_SECONDS = 20.0
MOST_REDIRECTS = 5


class Unanswered(Exception):
    """No answer came: the one or the other end was dead. Whether the request has had an effect cannot be known."""


class Visitor:
    """One person with a cookie jar. An answer to a form counts as given only if it came whole."""

    def __init__(self, lms_url: str, sub: str) -> None:
        self._lms_url, self._sub = lms_url, sub
        self._http = requests.Session()
        self._http.trust_env = False

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def launch(self, placement: str = "rl-week-3") -> requests.Response:
        """Open a placement from the course page; the answer to the launch message: 303 to the page that opens."""
        return self.open(f"placements/{placement}")

    def open(self, what: str) -> requests.Response:
        """Begin a launch of the LMS at this path below `/launch`; the answer to the launch message."""
        self.send("POST", f"{self._lms_url}/person", {"person": self._sub})
        login = self._auto_form(self.send("GET", f"{self._lms_url}/launch/{what}"))
        answer = self.follow(self.send("POST", *login))
        if urlsplit(answer.url).netloc != urlsplit(self._lms_url).netloc or answer.status_code != 200:
            return answer
        return self.send("POST", *self._auto_form(answer))

    def page(self, url: str) -> tuple[int, Element]:
        """Status and parsed page of an address."""
        answer = self.follow(self.send("GET", url))
        return answer.status_code, pages.parse(answer.text)

    def form(self, page_url: str, action: str) -> dict[str, str]:
        """What stands in the form of a page that goes to the path `action`, to be changed and sent there."""
        status, page = self.page(page_url)
        assert status == 200, f"{page_url} answered {status}: {page.text[:300]}"
        form = next(form for form in page.all("form") if form.attrs.get("action") == action)
        return pages.values_of(form)

    def send(self, method: str, url: str, data: dict[str, str] | None = None) -> requests.Response:
        """One request; raises Unanswered."""
        try:
            answer = self._http.request(
                method, url, data=data, headers={"Referer": url}, timeout=ANSWER_SECONDS, allow_redirects=False
            )
        except requests.RequestException as error:
            raise Unanswered from error
        finally:  # an answer that breaks off after its headers has set its cookies, too
            for cookie in self._http.cookies:
                cookie.secure = False  # browsers send secure cookies to http://localhost, this jar would not
        return answer

    def follow(self, answer: requests.Response) -> requests.Response:
        """Where redirects lead to in the end."""
        for _ in range(MOST_REDIRECTS):
            if not answer.is_redirect:
                break
            answer = self.send("GET", urljoin(answer.url, answer.headers["Location"]))
        return answer

    def _auto_form(self, answer: requests.Response) -> tuple[str, dict[str, str]]:
        form = pages.parse(answer.text).one("form")
        return urljoin(answer.url, form.attrs["action"]), pages.values_of(form)
