"""What the practice LMS remembers, and that nothing is lost when requests come at once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import requests

from lti_app.practice_lms.config import PracticeConfig
from lti_app.practice_lms.course import Placement
from lti_app.practice_lms.grade_messages import LineItemDraft, ScoreMessage
from lti_app.practice_lms.gradebook import OutdatedScoreError
from lti_app.practice_lms.lms import PracticeLms
from lti_app.practice_lms.server import running
from lti_app.practice_lms.vocabulary import CLAIM, SCOPE_SCORE, SCORE_TYPE

START = datetime(2026, 11, 23, 10, tzinfo=UTC)


def score(lms: PracticeLms, seconds: int) -> ScoreMessage:
    return ScoreMessage(
        user_id=lms.person("amara").id,
        timestamp=START + timedelta(seconds=seconds),
        activity_progress="Completed",
        grading_progress="FullyGraded",
        score_given=seconds,
        score_maximum=100,
    )


def test_a_second_start_keeps_everything(config: PracticeConfig) -> None:
    first = PracticeLms(config)
    item = first.gradebook.create(LineItemDraft(label="Week 3", score_maximum=20))
    first.gradebook.record(item.id, score(first, 1))
    first.placements.add(Placement("rl-5", "Week 5", "", None, {"a": "b"}))
    first.journal.record("return", "a message")
    hint, token = first.sealed("launch", {"a": 1}), first.issue_token([SCOPE_SCORE])
    first.close()
    second = PracticeLms(config)
    assert second.key.kid == first.key.kid
    assert second.unsealed("launch", hint) == {"a": 1}
    assert second.find_token(token)
    assert second.gradebook.line_item(item.id) == item
    assert second.gradebook.scores()[0].score_given == 1
    assert second.placements.all()[-1].custom == {"a": "b"}
    assert second.journal.page()[0].summary == "a message"
    second.close()


def test_tokens_and_used_ids_expire(config: PracticeConfig) -> None:
    now = START
    lms = PracticeLms(replace(config, clock=lambda: now))
    token = lms.issue_token([SCOPE_SCORE])
    assert lms.use_once("jti", "a", 60)
    assert not lms.use_once("jti", "a", 60)
    now = START + timedelta(seconds=3599)
    assert lms.find_token(token)
    assert lms.use_once("jti", "a", 60)
    now = START + timedelta(seconds=3601)
    assert lms.find_token(token) is None
    lms.close()


def test_a_placement_of_the_course_file_can_bring_its_line_item(config: PracticeConfig) -> None:
    text = config.course_file.read_text(encoding="utf-8")
    changed = config.state_file.with_name("course.json")
    changed.write_text(text.replace('"line_item": false', '"line_item": true', 1), encoding="utf-8")
    for _ in range(2):
        lms = PracticeLms(replace(config, course_file=changed))
        (item,) = lms.gradebook.line_items()
        assert item.resource_link_id == "rl-week-3"
        lms.close()


def test_the_log_forgets_the_oldest(config: PracticeConfig) -> None:
    lms = PracticeLms(replace(config, log_size=3))
    for number in range(5):
        lms.journal.record("return", str(number))
    assert [entry.summary for entry in lms.journal.page()] == ["4", "3", "2"]
    lms.close()


def test_of_scores_that_come_at_once_the_newest_wins(config: PracticeConfig) -> None:
    lms = PracticeLms(config)
    item = lms.gradebook.create(LineItemDraft(label="Week 3", score_maximum=100))

    def record(seconds: int) -> bool:
        try:
            lms.gradebook.record(item.id, score(lms, seconds))
        except OutdatedScoreError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        applied = list(pool.map(record, [*range(1, 41), *range(1, 41)]))
    assert lms.gradebook.scores()[0].score_given == 40
    assert sum(applied) <= 40
    lms.close()


def test_a_served_lms_answers_over_http(config: PracticeConfig) -> None:
    with running(config) as app:
        lms: PracticeLms = app.extensions["practice_lms"]
        item = lms.gradebook.create(LineItemDraft(label="Week 3", score_maximum=20))
        path, _, query = lms.line_item_url(item.id).partition("?")
        headers = {"Authorization": f"Bearer {lms.issue_token([SCOPE_SCORE])}", "Content-Type": SCORE_TYPE}

        def post(key: str) -> int:
            body = {
                "userId": lms.person(key).id,
                "timestamp": "2026-11-23T10:00:00.5Z",
                "activityProgress": "Completed",
                "gradingProgress": "FullyGraded",
                "scoreGiven": 1,
                "scoreMaximum": 1,
            }
            return requests.post(f"{path}/scores?{query}", json=body, headers=headers, timeout=20).status_code

        with ThreadPoolExecutor(8) as pool:
            assert set(pool.map(post, [person.key for person in lms.course.students])) == {204}
        assert len(lms.gradebook.scores(item.id)) == 24


def test_new_installation_outlives_a_restart(config: PracticeConfig) -> None:
    first = PracticeLms(config)
    old, new = first.deployment_id, first.install_anew()
    assert first.launch_claims("amara", "rl-week-3")[f"{CLAIM}deployment_id"] == new != old
    assert first.login_fields(first.launch("amara"))["lti_deployment_id"] == new
    first.close()
    second = PracticeLms(config)
    assert second.deployment_id == new
    assert second.install_anew() not in (old, new)
    second.close()
