"""People who use an installation without rest while it is being killed, and what they were told."""

import random
import threading
from dataclasses import dataclass, field
from urllib.parse import urljoin

from sqlalchemy import select

from lti_app.course.people.models import Person
from lti_app.discussion.discussions.models import Discussion
from lti_app.discussion.posts.models import Post
from tests.resilience.installation import Installation
from tests.resilience.visitor import Unanswered, Visitor

VISIT = 12
"""Deeds after which somebody opens the activity anew from the course page."""
THINKING = 0.1


@dataclass(frozen=True)
class Attempt:
    """One post or release: whose it is, how it can be recognised, and whether we said that it is done."""

    sub: str
    text: str
    acknowledged: bool


@dataclass
class Ledger:
    """What everybody tried, in the order of each person; and answers that no killing explains."""

    posts: list[Attempt] = field(default_factory=list)
    releases: list[Attempt] = field(default_factory=list)
    launches: int = 0
    unanswered: int = 0
    surprises: list[str] = field(default_factory=list)

    @property
    def acknowledged(self) -> tuple[int, int]:
        """How many posts and how many releases."""
        return sum(each.acknowledged for each in self.posts), sum(each.acknowledged for each in self.releases)


@dataclass(frozen=True)
class Scene:
    """Where it happens: the ids of the discussion, of its first posts, and of its people by their `sub`."""

    course_id: int
    discussion_id: int
    roots: tuple[int, ...]
    person_ids: dict[str, int]

    @property
    def path(self) -> str:
        """The path of the discussion."""
        return f"/courses/{self.course_id}/discussions/{self.discussion_id}"


def scene_of(installation: Installation) -> Scene:
    """The demonstration's discussion."""
    with installation.database.read() as session:
        discussion = session.scalars(select(Discussion).order_by(Discussion.root_count.desc())).first()
        assert discussion is not None
        roots = session.scalars(
            select(Post.id).where(Post.discussion_id == discussion.id, Post.parent_id.is_(None)).order_by(Post.id)
        )
        people = session.execute(select(Person.sub, Person.id))
        return Scene(discussion.course_id, discussion.id, tuple(roots), {row[0]: row[1] for row in people})


class Restless(threading.Thread):
    """A person who does one thing after another until told to stop, and never gives up."""

    def __init__(self, installation: Installation, scene: Scene, ledger: Ledger, sub: str, seed: int) -> None:
        super().__init__(name=f"visitor-{sub[:4]}", daemon=True)
        self.scene, self.ledger, self.sub = scene, ledger, sub
        self.url = installation.tool_url
        self.random = random.Random(seed)
        self.visitor = Visitor(installation.lms_url, sub)
        self.stopping = threading.Event()

    def run(self) -> None:
        """Live."""
        number, visited = 0, False
        while not self.stopping.wait(THINKING):
            number += 1
            try:
                visited = (visited and number % VISIT > 0) or self._launch()
                if visited:
                    self.do(number)
            except Unanswered:
                self.ledger.unanswered += 1
            except Exception as error:
                self.ledger.surprises.append(f"{type(self).__name__}: {type(error).__name__} {error}"[:500])
        self.visitor.close()

    def do(self, number: int) -> None:
        """One deed."""
        raise NotImplementedError

    def try_once(self, book: list[Attempt], sub: str, text: str, path: str, fields: dict[str, str]) -> None:
        """Send a form and note whether it was acknowledged (303); anything else but death is a surprise."""
        try:
            answer = self.visitor.send("POST", urljoin(self.url, path), fields)
        except Unanswered:
            book.append(Attempt(sub, text, acknowledged=False))
            raise
        book.append(Attempt(sub, text, acknowledged=answer.status_code == 303))
        if answer.status_code != 303:
            self.ledger.surprises.append(f"{type(self).__name__}: {answer.status_code}")

    def _launch(self) -> bool:
        answer = self.visitor.launch()
        if answer.status_code == 303:
            self.ledger.launches += 1
        elif answer.status_code != 502:  # the LMS was dead when we asked for its keys
            self.ledger.surprises.append(f"launch: {answer.status_code}")
        return answer.status_code == 303


class Writer(Restless):
    """A student who replies to first posts."""

    def do(self, number: int) -> None:
        """One reply."""
        path, parent = f"{self.scene.path}/posts", self.random.choice(self.scene.roots)
        fields = self.visitor.form(urljoin(self.url, f"{path}/{parent}/reply"), path)
        text = f"Reply {number} of {self.sub}, which nobody else writes."
        self.try_once(self.ledger.posts, self.sub, text, path, fields | {"text": text})


class Grader(Restless):
    """A teacher who grades and releases the same few students again and again, each time otherwise."""

    students: tuple[str, ...] = ()

    def do(self, number: int) -> None:
        """Save and release one grade, other than the last one."""
        sub = self.students[number % len(self.students)]
        path = f"{self.scene.path}/grading/{self.scene.person_ids[sub]}"
        url = urljoin(self.url, path)
        _, page = self.visitor.page(url)
        choices: dict[str, list[str]] = {}
        for radio in page.all("input", type="radio"):
            choices.setdefault(radio.attrs["name"], []).append(radio.attrs["value"])
        levels = {name: self.random.choice(values) for name, values in choices.items()}
        comment = f"Release {number}"
        fields = self.visitor.form(url, path) | levels | {"comment": comment, "action": "release"}
        self.try_once(self.ledger.releases, sub, comment, path, fields)
