"""The server as shipped, over HTTP on this machine: one at a time, eight at once, its memory, and its statements."""

import random
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from lti_app.core.settings import Settings
from tests.bench.counting import Statements, counted_by_postgresql, traced
from tests.bench.course import WRITTEN, BenchCourse, text_of
from tests.bench.measure import WARM_UP, Meter, noise_of
from tests.bench.served import Answer, Client, Served, serving, token_on

SIZE = 500
"""Posts of the discussion that is read."""
AT_ONCE = 8
READS, POSTS = 400, 200
"""Of all eight together."""
ALONE = 60
COUNTED = 12
"""Replies whose statements are counted."""
TOGETHER = 0.08
"""The noise of what eight do at once."""


def measure_over_http(meter: Meter, settings: Settings, course: BenchCourse, served: Served, folder: Path) -> None:
    """Everything of the class above that needs no browser; what is written comes last."""
    path = course.path(SIZE)
    reader = served.client(course.course_id, course.students[0])
    page = _checked(reader.get(path), 200)
    with serving(settings, folder, application="tests.bench.bare:application", BARE_BYTES=str(len(page.body))) as bare:
        _read_alone(meter, served, reader, path, bare)
        _read_together(meter, served, course, bare)
    _post_alone(meter, settings, served, course, folder)
    _post_together(meter, served, course)
    if memory := served.memory():
        meter.add("memory of a web process", bytes=max(each.resident for each in memory))
        meter.add("its share, of what processes have in common", bytes=max(each.share for each in memory))


class Poster:
    """Somebody who answers one post after another, each with words of its own."""

    def __init__(self, client: Client, course: BenchCourse, number: int) -> None:
        self._client, self._path = client, course.path(WRITTEN)
        self._chance, self._parent = random.Random(f"poster {number}"), str(course.last_post_ids[WRITTEN] - number)
        self._token = token_on(_checked(client.get(self._path), 200).body)

    def __call__(self) -> None:
        """Post once."""
        form = {"csrf_token": self._token, "parent_id": self._parent, "text": text_of(self._chance)}
        _checked(self._client.post(f"{self._path}/posts", **form), 303)


def _read_alone(meter: Meter, served: Served, reader: Client, path: str, bare: Served) -> None:
    page = reader.get(path)
    walls, cpu = _alone(lambda: _checked(reader.get(path), 200), served)
    nobody = Client(bare.port, "")
    _walls, least = _alone(lambda: _checked(nobody.get("/"), 200), bare)
    meter.add(
        f"over HTTP: discussion, {SIZE} posts",
        median_ms=statistics.median(walls),
        cpu_ms=cpu,
        floor_ms=least,
        ratio=cpu / least if least else None,
        bytes=len(page.body),
        noise=noise_of(walls),
    )
    nobody.close()
    reader.close()


def _alone(call: Callable[[], object], served: Served, times: int = ALONE) -> tuple[list[float], float]:
    """Milliseconds of each call, and of the server's processor for one."""
    for _ in range(WARM_UP):
        call()
    walls, used = [], served.cpu_seconds()
    for _ in range(times):
        begun = time.perf_counter()
        call()
        walls.append((time.perf_counter() - begun) * 1000)
    return walls, (served.cpu_seconds() - used) * 1000 / times


def _read_together(meter: Meter, served: Served, course: BenchCourse, bare: Served) -> None:
    readers = [served.client(course.course_id, token) for token in course.students]
    path = course.path(SIZE)
    taken, cpu = _together([lambda each=each: _checked(each.get(path), 200) for each in readers], served, READS)
    nobody = [Client(bare.port, "") for _ in readers]
    least, _cpu = _together([lambda each=each: _checked(each.get("/"), 200) for each in nobody], bare, READS * 2)
    meter.add(
        f"{AT_ONCE} readers over HTTP, {SIZE} posts, a page",
        median_ms=taken,
        cpu_ms=cpu,
        floor_ms=least,
        ratio=taken / least,
        noise=TOGETHER,
    )
    for each in (*readers, *nobody):
        each.close()


def _together(calls: list[Callable[[], object]], served: Served, times: int) -> tuple[float, float]:
    """Milliseconds in which one is done while all do it at once, and of the server's processor for one."""
    each = times // len(calls)

    def work(call: Callable[[], object]) -> None:
        for _ in range(each):
            call()

    with ThreadPoolExecutor(len(calls)) as people:
        list(people.map(lambda call: call(), calls))  # every connection, and most likely every process, is warm
        begun, used = time.perf_counter(), served.cpu_seconds()
        list(people.map(work, calls))
        wall, cpu = time.perf_counter() - begun, served.cpu_seconds() - used
    return wall * 1000 / (each * len(calls)), cpu * 1000 / (each * len(calls))


def _post_alone(meter: Meter, settings: Settings, served: Served, course: BenchCourse, folder: Path) -> None:
    client = served.client(course.course_id, course.students[1])
    post = Poster(client, course, 1)
    walls, cpu = _alone(post, served, COUNTED * 2)
    floor = statistics.median(meter.floor_of_write().wall)
    counted = _statements(meter, settings, served, course, folder)
    meter.add(
        "over HTTP: a reply",
        median_ms=statistics.median(walls),
        cpu_ms=cpu,
        floor_ms=floor,
        ratio=statistics.median(walls) / floor,
        statements=counted.work,
        noise=noise_of(walls),
    )
    meter.add("over HTTP: a reply, transactions included", statements=counted.all)
    lines = [f"One reply over HTTP asks {meter.database} for {counted.all} statements:", *counted.lines(), ""]
    (Path("build") / f"bench-reply-{meter.database}.txt").write_text("\n".join(lines), encoding="utf-8")
    client.close()


def _statements(meter: Meter, settings: Settings, served: Served, course: BenchCourse, folder: Path) -> Statements:
    """Of one reply: as the database counts them, or, where it is part of the process, tells of them."""
    if meter.store.engine.dialect.name == "postgresql":
        post = Poster(served.client(course.course_id, course.students[2]), course, 2)
        post()
        with counted_by_postgresql(meter.store.engine) as counted:
            for _ in range(COUNTED):
                post()
            return counted().each(COUNTED)
    file = folder / "statements.txt"
    with serving(settings, folder, application="tests.bench.traced:application", TRACED_STATEMENTS=str(file)) as noted:
        post = Poster(noted.client(course.course_id, course.students[2]), course, 2)
        post()
        before = traced(file)
        for _ in range(COUNTED):
            post()
        found = replace(traced(file))
        found.sent.subtract(before.sent)
        return found.each(COUNTED)


def _post_together(meter: Meter, served: Served, course: BenchCourse) -> None:
    clients = [served.client(course.course_id, token) for token in course.students]
    posters = [Poster(client, course, number) for number, client in enumerate(clients)]
    taken, cpu = _together(posters, served, POSTS)
    floor = statistics.median(meter.floor_of_write().wall)
    meter.add(
        f"{AT_ONCE} posters over HTTP, a post",
        median_ms=taken,
        cpu_ms=cpu,
        floor_ms=floor,
        ratio=taken / floor,
        noise=TOGETHER,
    )
    for each in clients:
        each.close()


def _checked(answer: Answer, status: int) -> Answer:
    if answer.status != status:
        raise RuntimeError(f"answered {answer.status}, not {status}: {answer.body[:300]!r}")
    return answer
