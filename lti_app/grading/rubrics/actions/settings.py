"""Setting up a graded discussion: settings, prompt and rubric in one action."""

from datetime import datetime

from sqlalchemy.orm import Session

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.access import DiscussionPermission
from lti_app.discussion.discussions.actions.settings import save_settings, write_prompt
from lti_app.discussion.discussions.queries.discussion import DiscussionView, get_discussion
from lti_app.discussion.discussions.rules import DiscussionSettings
from lti_app.discussion.posts.queries.referred import compose_prompt, find_attachable
from lti_app.grading.rubrics.actions.copy import copy_rubric
from lti_app.grading.rubrics.rules.plans import RubricPlan
from lti_app.grading.rubrics.rules.ready import DEFAULT_RUBRIC
from lti_app.library.files.actions import attach_files
from lti_app.library.files.rules import Purpose
from lti_app.participation.versions.actions import record_version, set_course_requirements


def save_graded_settings(
    session: Session,
    actor: Actor,
    discussion_id: int,
    *,
    settings: DiscussionSettings,
    prompt_html: str | None = None,
    rubric: RubricPlan = DEFAULT_RUBRIC,
    version: int,
    as_course_default: bool = False,
    now: datetime,
) -> None:
    """Save the settings of a discussion with its prompt, and copy a rubric into it unless it has one.

    `prompt_html` is the prompt as the editor sends it, None where it was typed as plain text. `version` is that of the
    settings the instructor saw. The rule by which participation is counted is recorded if it is another one;
    `as_course_default` lets new discussions of the course begin with the requirements. Raises what `save_settings`
    raises.
    """
    need = DiscussionPermission.EDIT_SETTINGS
    before = get_discussion(session, actor, discussion_id, need=need, now=now)
    discussion = save_settings(session, actor, discussion_id, settings=settings, version=version, now=now)
    record_version(session, actor, before, discussion, now=now)
    if as_course_default:
        set_course_requirements(session, actor, settings.requirements, now=now)
    if prompt_html is not None:
        _write_rich_prompt(session, actor, discussion, prompt_html, now)
    copy_rubric(session, discussion, rubric)


def _write_rich_prompt(session: Session, actor: Actor, discussion: DiscussionView, html: str, now: datetime) -> None:
    prompt = compose_prompt(session, actor, discussion, html, now=now)
    own = find_attachable(session, actor, prompt.pictures)  # others' are attached already
    attach_files(session, actor, own.keys(), purpose=Purpose.ATTACHMENT, now=now)
    write_prompt(session, actor, discussion, text=prompt.text, html=prompt.html)
