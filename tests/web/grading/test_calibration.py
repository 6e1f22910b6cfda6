"""…/grading/calibration: the set, who has finished, and how far graders agree."""

import pytest

from tests.web.questions import costs
from tests.web.site import address


@pytest.fixture
def here(discussion):
    return address(discussion, "grading", "calibration")


@pytest.fixture
def best(site, discussion):
    return {f"criterion-{c.id}": str(c.levels[0].id) for c in site.rubric(discussion).criteria}


def submit(browser, discussion, student, marks):
    path = address(discussion, "grading", student.person_id) + "/marking"
    assert browser.post_form(path, path, **marks, action="submit").status == 303


def test_from_choosing_to_results(site, cast, discussion, here, *, best):
    ines, tariq = site.browser(cast.ines), site.browser(cast.tariq)
    assert "There is no student with posts" in ines.get(here).text
    assert "There is no calibration set." in tariq.get(here).text
    site.write(cast.ana, discussion)
    ines.post_form(here, here, student=str(cast.ana.person_id))
    assert "1 student is in the calibration set." in ines.get(here).text
    submit(tariq, discussion, cast.ana, best)
    assert "You see the results after" in ines.get(here).text
    assert "Results" in [each.text for each in tariq.get(here).page.all("h2")]
    worst = {f"criterion-{c.id}": str(c.levels[-1].id) for c in site.rubric(discussion).criteria}
    submit(ines, discussion, cast.ana, worst)
    text = ines.get(here).text
    assert "10 points stricter" in text
    assert "little agreement" in text
    path = address(discussion, "grading", cast.ana.person_id)
    assert ines.get(f"{path}/marking").page.all("form", class_="marking")
    assert not tariq.get(f"{path}/marking").page.all("form", class_="marking")
    ines.post_form(f"{here}/end", here)
    assert ines.get(path).status == 200


def test_statements_do_not_grow(site, cast, discussion, here, *, best):
    ines = site.browser(cast.ines)
    site.write(cast.ana, discussion)
    ines.post_form(here, here, student=str(cast.ana.person_id))
    submit(ines, discussion, cast.ana, best)
    few = costs(site, lambda: ines.get(here))
    submit(site.browser(cast.tariq), discussion, cast.ana, best)
    site.write(cast.ben, discussion)
    assert costs(site, lambda: ines.get(here)) == few <= 12
