"""A small LTI 1.3 Advantage platform for the demonstration, for learning LTI and for the tests."""

from lti_app.practice_lms.app import create_practice_lms
from lti_app.practice_lms.config import PracticeConfig

__all__ = ["PracticeConfig", "create_practice_lms"]
