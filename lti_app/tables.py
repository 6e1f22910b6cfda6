"""Imports every models module, so that Alembic and the tests see all tables."""

from lti_app.courses import models as courses
from lti_app.discussions import models as discussions
from lti_app.grading import models as grading
from lti_app.lti import models as lti
from lti_app.passbacks import models as passbacks
from lti_app.people import models as people
from lti_app.posts import models as posts
from lti_app.readings import models as readings
from lti_app.rubrics import models as rubrics

ALL_MODELS = (people, courses, readings, discussions, posts, rubrics, passbacks, grading, lti)
