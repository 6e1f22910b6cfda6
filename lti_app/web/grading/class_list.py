"""The students of a discussion, as the pages of graders list them."""

from flask_babel import ngettext

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.actions.pseudonyms import name_everybody
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.grading.assessments.queries import list_desk
from lti_app.grading.assessments.rules import StudentLine
from lti_app.web.transactions import read_session, writing


def list_class(actor: Actor, discussion: DiscussionView) -> list[StudentLine]:
    """The class list. In blind grading, students without a pseudonym get one first."""
    lines = list_desk(read_session(), actor, discussion)
    if discussion.hides_names_from(actor) and not all(line.name for line in lines):
        with writing() as session:
            name_everybody(session, actor, discussion)
        lines = list_desk(read_session(), actor, discussion)
    return lines


def chosen_words(count: int, *, keeps: bool) -> str:
    """What was done where the LMS shows other grades."""
    if keeps:
        return ngettext("%(num)d LMS grade kept.", "%(num)d LMS grades kept.", count)
    return ngettext("Sending %(num)d grade again.", "Sending %(num)d grades again.", count)
