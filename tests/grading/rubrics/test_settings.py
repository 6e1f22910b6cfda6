"""Setting up a graded discussion: settings, prompt and rubric in one action."""

from dataclasses import replace

import pytest

from lti_app.core.errors import Forbidden, NotFound
from lti_app.discussion.discussions.actions.reserve import reserve_discussion
from lti_app.discussion.discussions.errors import SettingsChanged
from lti_app.discussion.discussions.queries.discussion import get_discussion
from lti_app.grading.rubrics.actions.settings import save_graded_settings
from lti_app.grading.rubrics.queries import get_rubric
from lti_app.grading.rubrics.rules.ready import DEFAULT_RUBRIC
from tests.factories.discussions import plan


@pytest.fixture
def reserved(session, cast, clock):
    return reserve_discussion(session, course_id=cast.course_id, title="Week 1", now=clock())


def seen(session, cast, discussion_id, clock):
    return get_discussion(session, cast.ines, discussion_id, now=clock())


def test_one_action_saves_settings_prompt_and_rubric(session, cast, clock, reserved):
    rich = "<p>Who <strong>leads</strong>?</p><script>alert(1)</script>"
    about = {"settings": plan(prompt="Who leads?"), "prompt_html": rich, "now": clock()}
    save_graded_settings(session, cast.ines, reserved, **about, version=0)
    found = seen(session, cast, reserved, clock)
    assert (found.title, found.version) == ("Managers and leaders", 1)
    assert (found.prompt, "<strong>leads</strong>" in found.prompt_html) == ("Who leads?", True)
    assert "script" not in found.prompt_html
    first = get_rubric(session, found)
    assert len(first.criteria) == len(DEFAULT_RUBRIC.criteria)
    save_graded_settings(
        session,
        cast.ines,
        reserved,
        settings=plan(),
        rubric=replace(DEFAULT_RUBRIC, criteria=DEFAULT_RUBRIC.criteria[:1]),
        version=1,
        now=clock(),
    )
    assert get_rubric(session, seen(session, cast, reserved, clock)) == first  # what is graded by stays


def test_a_set_up_that_is_refused_changes_nothing(session, cast, clock, reserved):
    refusals = ((cast.ines, 7, SettingsChanged), (cast.tariq, 0, Forbidden), (cast.elsewhere, 0, NotFound))
    for actor, version, refusal in refusals:
        with pytest.raises(refusal):
            save_graded_settings(
                session, actor, reserved, settings=plan(), prompt_html="<p>x</p>", version=version, now=clock()
            )
    found = seen(session, cast, reserved, clock)
    assert (found.title, found.version, found.prompt) == ("Week 1", 0, "")
    assert not get_rubric(session, found).criteria
