"""The grades of five hundred students: released by one click, in one transaction, and all confirmed by the LMS."""

import json
import time
from pathlib import Path
from typing import Any

from sqlalchemy import event

from lti_app.practice_lms.config import default_course_file
from tests.resilience.halves import running_halves
from tests.resilience.words import PassbackState

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
        halves.send_due()
        sent = time.perf_counter() - started
        assert halves.states(campus) == {PassbackState.SENT: STUDENTS}
        scores = campus.lms.gradebook.scores()
        assert {score.user_id for score in scores} == set(campus.students)
        assert {(score.score_given, score.score_maximum, score.comment) for score in scores} == {
            (20.0, 20.0, "Well argued.")
        }
        status, desk = teacher.page(halves.tool_url + grading)
        assert (status, desk.text.count("✓ in the gradebook")) == (200, STUDENTS)
        teacher.close()
        print(f"\n{STUDENTS} grades: released in {released:.2f} s, sent and confirmed in {sent:.1f} s")


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
