"""/courses/<id>/settings: the citation style and the library."""

import pytest

from tests.web.questions import refused, refuses_methods, refuses_no_visit, refuses_unsafe_posts


@pytest.fixture
def path(cast):
    return f"/courses/{cast.course_id}/settings"


def test_a_new_style_changes_all_references_at_once(site, cast, path):
    site.readings()
    browser = site.browser(cast.ines)
    answer = browser.post_form(path, path, citation_style="mla")
    page = browser.get(answer.location)
    assert "Settings saved." in page.text
    assert "Kotter, John P. “What Leaders Really Do.” Harvard Business Review, vol. 68, no. 3, 1990" in page.text


def test_a_library_needs_its_address(site, cast, path):
    browser = site.browser(cast.ines)
    answer = browser.post_form(path, path, library="ezproxy", library_prefix="http://ezproxy.example.edu")
    assert answer.status == 422
    assert answer.beside("library_prefix") == ("Enter the full address from your library, starting with https://.")
    browser.post_form(path, path, library="ezproxy", library_prefix="https://login.ezproxy.example.edu")
    kept = browser.get(path).page.one("input", name="library_prefix").attrs["value"]
    assert kept == "https://login.ezproxy.example.edu/login?url="
    browser.post_form(path, path, library="none")
    assert browser.get(path).page.one("input", name="library_prefix").attrs.get("value", "") == ""


def test_what_is_no_choice_is_refused(site, cast, path):
    assert site.browser(cast.ines).post(path, citation_style="vancouver", library="none").status == 422


def test_only_instructors_decide(site, cast, path):
    for actor in (cast.tariq, cast.ana, cast.olga):
        refused(site.browser(actor).get(path), 403)
        refused(site.browser(actor).post(path, citation_style="apa", library="none"), 403)
    refuses_no_visit(site, path)
    refuses_unsafe_posts(site, cast.ines, path, citation_style="apa", library="none")
    refuses_methods(site, cast.ines, path, "PUT", "DELETE", "PATCH")
