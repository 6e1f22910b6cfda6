"""The valid student launches of the LTI Advantage Conformance Certification Guide 1.3, by the names given there."""

import pytest

from lti_app.course.courses.rules import Role
from tests.lti.certification.valid_launches import valid_launches
from tests.lti.fake_lms import Browser

LAUNCHES = valid_launches("Learner")


@pytest.mark.parametrize("name", LAUNCHES)
def test_launch(name: str, visitor: Browser, arrived):
    role = Role.OBSERVER if name == "valid_launch_with_no_role" else Role.STUDENT
    arrived(visitor.launch(**LAUNCHES[name]), role)
