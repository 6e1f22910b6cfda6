"""What must be true when all is quiet again, whatever was killed."""

import json
import re
from collections import Counter, defaultdict
from datetime import datetime
from itertools import pairwise

from sqlalchemy import select

from lti_app.course.people.models import Person
from lti_app.discussion.posts.models import Post
from lti_app.practice_lms.lms import PracticeLms
from tests.resilience.installation import Installation
from tests.resilience.people import Ledger
from tests.resilience.words import Assessment, Release

Told = tuple[str, float]
"""A comment, which is another one for each release, and the points."""


def check_posts(installation: Installation, ledger: Ledger) -> None:
    """Each acknowledged post is there exactly once, any other at most once, no two in one place."""
    with installation.database.read() as session:
        posts = session.execute(select(Post.text, Post.discussion_id, Post.path)).all()
    there = Counter(post.text for post in posts)
    tried = {attempt.text: attempt.acknowledged for attempt in ledger.posts}
    assert len(tried) == len(ledger.posts)
    wrong = {text: there[text] for text, told in tried.items() if there[text] != 1 and (told or there[text])}
    assert not wrong
    places = Counter((post.discussion_id, post.path) for post in posts)
    assert [place for place, count in places.items() if count > 1] == []


def check_grades(installation: Installation, ledger: Ledger) -> dict[str, list[Told]]:
    """Each acknowledged release was recorded, and the LMS holds the last recorded one; answers all, by student."""
    released = _released(installation)
    for sub, told in released.items():
        comments = [comment for comment, _ in told]
        tried = [attempt for attempt in ledger.releases if attempt.sub == sub]
        assert len(set(comments)) == len(comments)
        assert set(comments) <= {attempt.text for attempt in tried}
        assert not {attempt.text for attempt in tried if attempt.acknowledged} - set(comments)
    with installation.looking_at_the_lms() as lms:
        in_gradebook = {score.user_id: (score.comment, score.score_given) for score in lms.gradebook.scores()}
        columns = [item.resource_link_id for item in lms.gradebook.line_items()]
        _check_log(lms, released)
    assert in_gradebook == {sub: told[-1] for sub, told in released.items()}
    assert columns == ["rl-week-3"], "one column, however often its making was interrupted"
    return released


def _released(installation: Installation) -> dict[str, list[Told]]:
    with installation.database.read() as session:
        rows = session.execute(
            select(Person.sub, Release.comment, Release.given)
            .join(Assessment, Assessment.id == Release.assessment_id)
            .join(Person, Person.id == Assessment.person_id)
            .order_by(Release.version)
        ).all()
    released: dict[str, list[Told]] = defaultdict(list)
    for sub, comment, given in rows:
        released[sub].append((comment, float(given)))
    return dict(released)


def _check_log(lms: PracticeLms, released: dict[str, list[Told]]) -> None:
    """Of each student the LMS has accepted releases in their order, and timestamps that grow."""
    accepted: dict[str, list[tuple[datetime, Told]]] = defaultdict(list)
    entries = lms.journal.page(size=lms.config.log_size + 1)
    assert len(entries) < lms.config.log_size, "the log was too short to tell"
    for entry in reversed(entries):
        if entry.step.title == "Score (AGS)" and entry.status is not None and entry.status < 300:
            body = json.loads(dict(entry.parts)["Request body"])
            told = (body["comment"], float(body["scoreGiven"]))
            accepted[body["userId"]].append((datetime.fromisoformat(body["timestamp"]), told))
    for sub, scores in accepted.items():
        numbers = [_number(comment) for _, (comment, _) in scores]
        moments = [moment for moment, _ in scores]
        assert numbers == sorted(numbers), f"an older grade came after a newer one: {numbers}"
        assert all(one < next_one for one, next_one in pairwise(moments))
        assert {told for _, told in scores} <= set(released[sub])


def _number(comment: str) -> int:
    found = re.fullmatch(r"Release (\d+)", comment)
    assert found, comment
    return int(found[1])
