"""Several processes post, grade and release at once, in the same places and for the same students."""

import json
import subprocess
import sys
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import select

from lti_app.core.db import Database
from lti_app.discussion.posts.models import Post
from tests.architecture.tree import ROOT
from tests.resilience.installation import Installation
from tests.resilience.words import Assessment, Passback, Release

CLERKS = ("one", "two", "three")
ROUNDS = 30


def test_processes_lose_nothing_of_one_another(database_url: str, tmp_path: Path):
    installation = Installation(tmp_path, database_url)
    try:
        installation.register_and_seed()
        done = work_together(database_url)
        assert (done["posts"], done["releases"]) == (len(CLERKS) * ROUNDS, len(CLERKS) * ROUNDS)
        check_posts(installation.database)
        check_releases(installation.database)
    finally:
        installation.end()


def work_together(database_url: str) -> Counter[str]:
    done: Counter[str] = Counter()
    with ExitStack() as running:
        clerks = [
            running.enter_context(
                subprocess.Popen(
                    [sys.executable, "-m", "tests.resilience.clerk", database_url, name, str(ROUNDS)],
                    cwd=ROOT,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
            for name in CLERKS
        ]
        for clerk in clerks:
            assert clerk.stdout is not None
            assert clerk.stdout.readline() == "ready\n"
        outputs = []
        for clerk in clerks:
            assert clerk.stdin is not None
            clerk.stdin.write("go\n")
            clerk.stdin.flush()
        for clerk in clerks:
            outputs.append(clerk.communicate(timeout=120)[0])
    for output in outputs:
        done.update(json.loads(output))
    print(f"\n{dict(done)}")
    return done


def check_posts(database: Database) -> None:
    with database.read() as session:
        posts = session.scalars(select(Post)).all()
    written = Counter(post.text for post in posts if post.text.startswith("Thought "))
    assert written == Counter(f"Thought {number} of {name}" for name in CLERKS for number in range(ROUNDS))
    assert max(Counter((post.discussion_id, post.address) for post in posts).values()) == 1
    replies = Counter(post.parent_id for post in posts)
    assert all(post.reply_count == replies[post.id] for post in posts)


def check_releases(database: Database) -> None:
    """Every release is on record once, and what the LMS is to learn is the last one."""
    with database.read() as session:
        releases = session.scalars(select(Release).order_by(Release.assessment_id, Release.version)).all()
        passbacks = {row.person_id: row for row in session.scalars(select(Passback))}
        assessments = session.scalars(select(Assessment)).all()
    assert Counter(release.comment for release in releases) == Counter(
        f"Round {number} of {name}" for name in CLERKS for number in range(ROUNDS)
    )
    for assessment in assessments:
        told = [release for release in releases if release.assessment_id == assessment.id]
        assert [release.version for release in told] == list(range(1, len(told) + 1))
        wanted = passbacks[assessment.person_id]
        assert wanted.wanted_version == len(told)
        assert (wanted.given, wanted.comment) == (told[-1].given, told[-1].comment)
        assert (assessment.released_given, assessment.released_version) == (told[-1].given, told[-1].version)
