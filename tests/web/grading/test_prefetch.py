"""The next student's page is fetched ahead, and never kept or shown when it may be outdated."""

import json

from tests.web.site import address


def test_the_page_of_a_student_names_the_rules(site, cast, discussion):
    browser = site.browser(cast.ines)
    answer = browser.get(address(discussion, "grading", cast.ana.person_id))
    assert answer.headers["Speculation-Rules"] == '"/prefetch-rules"'
    assert answer.headers["Cache-Control"] == "private, no-store"
    rules = site.stranger().get("/prefetch-rules")
    assert rules.headers["Content-Type"] == "application/speculationrules+json"
    (fetched,) = json.loads(rules.response.text)["prefetch"]
    assert fetched["where"] == {"selector_matches": '.steps a[rel~="next"]'}
    assert "Speculation-Rules" not in browser.get(address(discussion, "grading")).headers


def test_a_save_drops_what_was_fetched_before(site, cast, discussion):
    browser, path = site.browser(cast.ines), address(discussion, "grading", cast.ana.person_id)
    assert "Clear-Site-Data" not in browser.get(path).headers
    assert browser.post_form(path, path).headers["Clear-Site-Data"] == '"prefetchCache"'
    assert browser.post(address(discussion, "grading", "release")).headers["Clear-Site-Data"] == '"prefetchCache"'
