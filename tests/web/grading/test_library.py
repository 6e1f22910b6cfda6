"""/courses/<course>/rubrics: the library, the editor without scripts, and what other courses share."""

import pytest

from lti_app.grading.rubrics.rules.ready import READY
from tests.web.page import values_of


@pytest.fixture
def path(cast):
    return f"/courses/{cast.course_id}/rubrics"


def editor_of(answer):
    return next(form for form in answer.page.all("form") if "rubric-editor" in form.classes)


def test_a_rubric_is_built_with_the_buttons_alone(site, cast, path):
    browser = site.browser(cast.ines)
    answer = browser.get(f"{path}/new")
    values_of(editor_of(answer))
    assert browser.get(path).status == 200
    for key in READY:
        assert browser.get(f"{path}/ready/{key}").status == 200
        assert browser.get(f"{path}/new?from=ready:{key}").status == 200
