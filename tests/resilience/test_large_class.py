"""The grades of five hundred students: released by one click, in one transaction, and all confirmed by the LMS."""

import json
import time
from collections import Counter
from pathlib import Path
from typing import Any

from sqlalchemy import event

from lti_app.practice_lms.config import default_course_file
from tests.resilience.halves import Campus, running_halves
from tests.resilience.words import GradebookStanding, PassbackState

STUDENTS = 500


def test_five_hundred_grades(database_url: str, tmp_path: Path):
    with running_halves(database_url, tmp_path, course_file=large_course(tmp_path)) as halves:
        (campus,) = halves.campuses
        teacher = halves.enter(campus, "miriam")
        campus = halves.refresh_roster(campus)
        assert len(campus.students) == STUDENTS
        grading = f"{campus.path}/grading"
        halves.assess(campus, "Well argued.", campus.students.values())
        form = teacher.form(halves.tool_url + grading, f"{grading}/release")
        commits = count_commits(halves.parts.database.engine)
        started = time.perf_counter()
        answer = teacher.send("POST", f"{halves.tool_url}{grading}/release", form)
        released = time.perf_counter() - started
        assert answer.status_code == 303
        assert commits["writing"] == 1
        assert halves.states(campus) == {PassbackState.PENDING: STUDENTS}
        started = time.perf_counter()
        asked = count_requests(campus)
        halves.send_due()
        sent = time.perf_counter() - started
        assert halves.states(campus) == {PassbackState.SENT: STUDENTS}
        assert asked["scores"] == STUDENTS
        assert halves.standings(campus) == {GradebookStanding.SENT: STUDENTS}
        started = time.perf_counter()
        halves.read_due()
        read = time.perf_counter() - started
        assert halves.standings(campus) == {GradebookStanding.CONFIRMED: STUDENTS}
        assert asked["results"] == STUDENTS / campus.lms.config.page_size
        assert asked["token"] == 2
        scores = campus.lms.gradebook.scores()
        assert {score.user_id for score in scores} == set(campus.students)
        assert {(score.score_given, score.score_maximum, score.comment) for score in scores} == {
            (20.0, 20.0, "Well argued.")
        }
        status, desk = teacher.page(halves.tool_url + grading)
        assert (status, desk.text.count("✓ confirmed: 20")) == (200, STUDENTS)
        teacher.close()
        times = f"released in {released:.2f} s, sent in {sent:.1f} s, read back in {read:.1f} s"
        print(f"\n{STUDENTS} grades: {times}; requests: {dict(asked)}")


def test_everything_that_can_happen_to_a_class_is_told(sqlite_url: str, tmp_path: Path):
    """A change in the LMS, a column made anew, a column that keeps nothing, and a newer grade for all of it."""
    with running_halves(sqlite_url, tmp_path) as halves:
        (campus,) = halves.campuses
        halves.enter(campus, "miriam").close()
        people = list(campus.students.items())[:6]
        count = halves.release(campus, "first", [person for _, person in people])
        halves.send_due()
        halves.read_due()
        assert halves.standings(campus) == {GradebookStanding.CONFIRMED: count}
        (item,) = campus.lms.gradebook.line_items()
        campus.lms.gradebook.override(item.id, people[0][0], 7.5)
        halves.read_due(days=2)
        assert halves.standings(campus) == {GradebookStanding.CHANGED: 1, GradebookStanding.CONFIRMED: count - 1}
        assert str(halves.reports(campus)[people[0][1]].shown.given) == "7.50"
        campus.lms.gradebook.delete(item.id)
        halves.read_due(days=4)
        assert halves.standings(campus) == {GradebookStanding.PENDING: count}
        asked = count_requests(campus)
        halves.send_due()
        assert asked["scores"] == count + 1  # the one that found the column gone
        halves.read_due()
        assert halves.standings(campus) == {GradebookStanding.CONFIRMED: count}
        assert {score.line_item_id for score in campus.lms.gradebook.scores()} != {item.id}
        assert len(campus.lms.gradebook.scores()) == count


def test_column_without_points_is_told(sqlite_url: str, tmp_path: Path):
    with running_halves(sqlite_url, tmp_path) as halves:
        (campus,) = halves.campuses
        teacher = halves.enter(campus, "miriam")
        campus.lms.faults.set("scores", "forget")
        count = halves.release(campus, "first", list(campus.students.values())[:3])
        halves.send_due()
        halves.read_due()
        assert halves.standings(campus) == {GradebookStanding.NO_POINTS: count}
        _, desk = teacher.page(f"{halves.tool_url}{campus.path}/grading")
        assert desk.text.count("! the LMS keeps no points") == count
        teacher.close()


def test_locked_grades_are_told_as_locked_though_moodle_says_500(sqlite_url: str, tmp_path: Path):
    with running_halves(sqlite_url, tmp_path) as halves:
        (campus,) = halves.campuses
        campus.lms.faults.set("scores", "locked")
        count = halves.release(campus, "first", list(campus.students.values())[:3])
        halves.enter(campus, "miriam").close()
        halves.send_due()
        assert halves.standings(campus) == {GradebookStanding.REFUSED: count}
        assert halves.codes(campus) == {"locked"}


def count_requests(campus: Campus) -> Counter[str]:
    """Counts, from now on, what the LMS is asked, by the last part of the address."""
    asked: Counter[str] = Counter()
    wrapped = campus.served.app.wsgi_app

    def counting(environ: dict[str, Any], start_response: Any) -> Any:
        asked[environ["PATH_INFO"].rstrip("/").rpartition("/")[2]] += 1
        return wrapped(environ, start_response)

    campus.served.app.wsgi_app = counting  # type: ignore[method-assign]
    return asked


def large_course(folder: Path) -> Path:
    """The demonstration course with as many students as an auditorium holds."""
    course: dict[str, Any] = json.loads(default_course_file().read_text(encoding="utf-8"))
    students = sum(person["role"] == "student" for person in course["people"])
    course["people"] += [
        {
            "key": f"s{number}",
            "id": f"student-{number}",
            "given_name": "Student",
            "family_name": f"Number {number:03}",
            "email": f"s{number}@example.edu",
            "role": "student",
        }
        for number in range(STUDENTS - students)
    ]
    path = folder / "large-course.json"
    path.write_text(json.dumps(course), encoding="utf-8")
    return path


def count_commits(engine: Any) -> dict[str, int]:
    """Counts, from now on, the transactions that wrote and were committed."""
    counts = {"writing": 0}

    def wrote(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.lstrip().startswith(("INSERT", "UPDATE", "DELETE")):
            writing.add(_connection)

    def committed(connection: Any) -> None:
        if connection in writing:
            writing.discard(connection)
            counts["writing"] += 1

    writing: set[Any] = set()
    event.listen(engine, "before_cursor_execute", wrote)
    event.listen(engine, "commit", committed)
    return counts
