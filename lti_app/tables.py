"""Imports every models module, so that Alembic and the tests see all tables."""

from lti_app.core import key_value
from lti_app.course.courses import models as courses
from lti_app.course.groups import models as groups
from lti_app.course.people import models as people
from lti_app.discussion.answers import models as answers
from lti_app.discussion.changes import models as changes
from lti_app.discussion.discussions import models as discussions
from lti_app.discussion.drafts import models as drafts
from lti_app.discussion.integrity import models as integrity
from lti_app.discussion.moderation import models as moderation
from lti_app.discussion.posts import models as posts
from lti_app.discussion.reactions import models as likes
from lti_app.discussion.read_state import models as seen
from lti_app.discussion.reviewing import models as reviewing
from lti_app.discussion.search import models as search
from lti_app.discussion.stances import models as stances
from lti_app.exchange.importing import models as exchange
from lti_app.exchange.streaming import models as streaming
from lti_app.grading.assessments import models as grading
from lti_app.grading.comments import models as comments
from lti_app.grading.graders import models as graders
from lti_app.grading.passbacks import models as passbacks
from lti_app.grading.reviews import models as reviews
from lti_app.grading.rubrics import models as rubrics
from lti_app.library.files import models as files
from lti_app.library.passages import models as quotations
from lti_app.library.readings import models as readings
from lti_app.lti import models as lti
from lti_app.notices.calendars import models as calendars
from lti_app.notices.feed import models as notices
from lti_app.notices.following import models as following
from lti_app.notices.outbox import models as outbox
from lti_app.notices.preferences import models as preferences
from lti_app.participation.signals import models as signals
from lti_app.participation.versions import models as requirement_versions

ALL_MODELS = (
    key_value,
    people,
    courses,
    files,
    readings,
    quotations,
    groups,
    discussions,
    posts,
    answers,
    likes,
    drafts,
    integrity,
    moderation,
    seen,
    stances,
    search,
    reviewing,
    signals,
    rubrics,
    graders,
    reviews,
    passbacks,
    comments,
    grading,
    preferences,
    following,
    notices,
    outbox,
    calendars,
    exchange,
    streaming,
    lti,
    requirement_versions,
    changes,
)
