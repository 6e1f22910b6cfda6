"""The tool is removed from an LMS and installed again, which gives it another deployment id."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import pytest

from tests.resilience.halves import Halves, running_halves
from tests.resilience.processes import colloquy, environment
from tests.resilience.words import PassbackState
from tests.web import page as pages


@pytest.fixture
def halves(database_url: str, tmp_path: Path) -> Iterator[Halves]:
    with running_halves(database_url, tmp_path) as halves:
        yield halves


def test_class_goes_on_after_one_command(halves: Halves, database_url: str, tmp_path: Path):
    (campus,) = halves.campuses
    halves.enter(campus, "miriam").close()
    first, *others = list(campus.students.values())[:3]
    halves.release(campus, "before", [first])
    halves.send_due()
    old = campus.lms.deployment_id
    new = campus.lms.install_anew()
    assert new != old
    for key in ("miriam", "amara"):
        visitor = halves.visitor(campus, key)
        refused = visitor.launch()
        assert (refused.status_code, new in refused.text) == (403, True)
        visitor.close()

    command = ("platform", "join", "1", "--old", old, "--new", new)
    settings = environment(DATABASE_URL=database_url)
    told = colloquy(*command, environ=settings, cwd=tmp_path).stdout
    assert "Leading People and Organizations" in told
    assert "Nothing has changed yet" in told
    assert "Joined." in colloquy(*command, "--apply", environ=settings, cwd=tmp_path).stdout

    for key in ("miriam", "amara"):
        visitor = halves.visitor(campus, key)
        assert visitor.launch().headers["Location"].endswith(campus.path)
        visitor.close()
    halves.release(campus, "after", others)
    halves.send_due()
    assert halves.states(campus) == {PassbackState.SENT: 3}
    assert sorted(score.comment for score in campus.lms.gradebook.scores()) == ["after", "after", "before"]
    assert len(campus.lms.gradebook.line_items()) == 1, "it is still the same column"
    assert "Nothing to do" in colloquy(*command, "--apply", environ=settings, cwd=tmp_path).stdout


def test_instructor_adds_an_activity_from_the_new_installation(halves: Halves, database_url: str, tmp_path: Path):
    """What the tool answers names the installation that asked."""
    (campus,) = halves.campuses
    old = campus.lms.deployment_id
    new = campus.lms.install_anew()
    command = ("platform", "join", "1", "--old", old, "--new", new, "--apply")
    assert colloquy(*command, environ=environment(DATABASE_URL=database_url), cwd=tmp_path).returncode == 0
    visitor = halves.visitor(campus, "miriam")
    chosen = visitor.open("deep-linking").headers["Location"]
    fields = visitor.form(urljoin(halves.tool_url, chosen), chosen)
    answer = visitor.send("POST", urljoin(halves.tool_url, chosen), {**fields, "title": "Week 5", "cancel": ""})
    form = pages.parse(answer.text).one("form")
    assert visitor.send("POST", form.attrs["action"], pages.values_of(form)).status_code == 200
    assert campus.lms.placements.all()[-1].title == "Week 5"
    visitor.close()
