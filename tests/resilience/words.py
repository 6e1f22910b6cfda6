"""What the tests of resilience take from the packages of grades and passbacks, in one place."""

from lti_app.grading.assessments.actions.grading import assess, release, release_all
from lti_app.grading.assessments.errors import AssessmentChanged
from lti_app.grading.assessments.models import Assessment, Release
from lti_app.grading.assessments.queries.grades import get_assessment
from lti_app.grading.passbacks.models import Passback
from lti_app.grading.passbacks.rules.states import GradebookStanding, PassbackState, ReadBack
from tests.factories.passbacks import count_passbacks, passback_states

__all__ = [
    "Assessment",
    "AssessmentChanged",
    "GradebookStanding",
    "Passback",
    "PassbackState",
    "ReadBack",
    "Release",
    "assess",
    "count_passbacks",
    "get_assessment",
    "passback_states",
    "release",
    "release_all",
]
