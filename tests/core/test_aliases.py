"""A table under a second name: one set of columns, whoever asks first and however many ask at once."""

import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from lti_app.core.db import alias_of
from lti_app.course.people.models import Person
from lti_app.discussion.posts.models import Post

THREADS = 4
TRIALS = 40


@pytest.fixture
def restless_threads() -> Iterator[None]:
    """Threads take turns as often as they can."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("restless_threads")
def test_threads_that_use_an_alias_at_once_agree_on_its_columns():
    for _ in range(TRIALS):
        assert len(set(statements_of_threads(alias_of(Post)))) == 1


def statements_of_threads(parent: type[Post]) -> list[str]:
    """What each of the threads writes that use the alias at the same moment."""
    start = threading.Barrier(THREADS)

    def write() -> str:
        start.wait(30)
        answered = func.coalesce(Post.parent_id, Post.split_from_id)
        joined = select(Post.id, parent.author_id).outerjoin(parent, parent.id == answered)
        return str(joined.outerjoin(Person, Person.id == parent.author_id))

    with ThreadPoolExecutor(THREADS) as pool:
        return [each.result() for each in [pool.submit(write) for _ in range(THREADS)]]
