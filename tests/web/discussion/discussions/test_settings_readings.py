"""POST …/settings: readings are chosen and added without losing what else was typed."""

from lti_app.discussion.discussions.queries.discussion import get_discussion
from lti_app.library.readings.queries import list_readings
from tests.web.page import values_of
from tests.web.site import address

ADD = {"action": "add_reading"}
BASS = {
    "new-authors": "Bass, Bernard M.; Avolio, Bruce",
    "new-year": "1994",
    "new-title": "Improving <Organizational> Effectiveness",
    "new-url": "https://library.example.edu/bass?a=1&b=2",
}


def assigned(site, discussion):
    with site.read() as session:
        found = get_discussion(session, site.cast.ines, discussion.id, now=site.clock()).readings
    return [(reading.id, reading.required) for reading in found]


def test_added_reading_is_chosen_and_everything_typed_stays(site, cast, with_readings):
    path = address(with_readings, "settings")
    browser = site.browser(cast.ines)
    kotter, zaleznik = (reading.id for reading in with_readings.readings)
    typed = {
        "title": "Typed, not saved",
        "prompt": "Typed\n\nin part",
        "points": "not a number",
        "first_post_words": "77",
        "closes_at": "2026-03-21T10:00",
        "time_zone": "Asia/Kolkata",
        f"required-{kotter}": None,
        f"reading-{zaleznik}": None,
        "post_first": None,
    }
    answer = browser.post_form(path, path, **typed, **BASS, **ADD)
    assert answer.status == 200
    assert "Reading added and selected." in answer.text
    form = next(form for form in answer.page.all("form") if form.all("textarea"))
    now = values_of(form)
    for name, value in typed.items():
        assert now.get(name) == value or (name == "prompt" and now[name].replace("\r\n", "\n") == value), name
    assert [now[name] for name in BASS] == ["", "", "", ""]
    new = max(int(name.removeprefix("reading-")) for name in now if name.startswith("reading-"))
    assert new not in (kotter, zaleznik)
    assert now[f"required-{new}"] == "1"
    assert "Improving <Organizational> Effectiveness" in answer.text
    assert assigned(site, with_readings) == [(kotter, True), (zaleznik, True)]  # nothing is saved yet
    data = {**now, "points": "20", "action": "save"}
    assert browser.send(path, data=data).status == 303
    assert sorted(assigned(site, with_readings)) == [(kotter, False), (new, True)]
    link = next(a for a in browser.get(address(with_readings)).page.all("a") if a.text.startswith("Open (Bass"))
    assert browser.get(link.attrs["href"]).location == BASS["new-url"]


def test_reading_that_makes_no_sense_is_not_added(site, cast, discussion):
    path = address(discussion, "settings")
    browser = site.browser(cast.ines)
    for name, values in {
        "new-title": ["", "  ", "x" * 501],
        "new-year": ["MCMXC", "12345", "-3001", "9" * 5000],
        "new-url": ["javascript:alert(1)", "library", "ftp://x.example/a", "https://"],
        "new-doi": ["https://evil.example", "11.1/2", "10.1000/"],
        "new-authors": ["x" * 501],
    }.items():
        for value in values:
            answer = browser.post_form(path, path, **BASS | {name: value}, **ADD, prompt="Typed with care")
            assert (answer.status, bool(answer.beside(name))) == (422, True), (name, value)
            assert "Typed with care" in answer.kept
            assert answer.page.one("input", name="new-authors").attrs["value"].startswith(("Bass", "xxx"))
    with site.read() as session:
        assert list_readings(session, cast.ines) == []


def test_readings_that_are_not_of_this_course_are_passed_over(site, cast, with_readings):
    kotter, zaleznik = (reading.id for reading in with_readings.readings)
    path = address(with_readings, "settings")
    wild = {"reading-999999": "1", "reading-x": "1", "required-999999": "1", f"reading-{zaleznik}": None}
    answer = site.browser(cast.ines).post_form(path, path, **wild, **{"reading-" + "9" * 5000: "1"})
    assert answer.status == 303
    assert assigned(site, with_readings) == [(kotter, True)]


def test_refused_set_up_keeps_the_chosen_readings(site, cast, with_readings):
    kotter, zaleznik = (reading.id for reading in with_readings.readings)
    path = address(with_readings, "settings")
    changed = {f"reading-{kotter}": None, f"required-{kotter}": None, f"required-{zaleznik}": None, "title": ""}
    answer = site.browser(cast.ines).post_form(path, path, **changed)
    assert answer.status == 422
    boxes = [box for box in answer.page.all("input", type="checkbox") if "-" in box.attrs["name"]]
    assert {box.attrs["name"] for box in boxes if "checked" in box.attrs} == {f"reading-{zaleznik}"}


def test_readings_keep_their_order_in_the_preview_and_when_the_settings_are_saved(site, cast):
    kotter, zaleznik = site.readings()
    backwards = (zaleznik, kotter)
    discussion = site.discussion(reading_ids=backwards, required_ids=frozenset(backwards))
    browser, path = site.browser(cast.ines), address(discussion, "settings")
    shown = browser.get(path).page
    sentence = shown.one("p", class_="rule").text
    assert "Zaleznik 1977; Kotter 1990" in sentence
    assert sentence == browser.get(address(discussion)).page.one("p", class_="rule").text
    boxes = [box.attrs["name"] for box in shown.all("input") if box.attrs.get("name", "").startswith("reading-")]
    assert boxes == [f"reading-{zaleznik}", f"reading-{kotter}"]
    assert browser.post_form(path, path, title="Saved again").status == 303
    assert assigned(site, discussion) == [(zaleznik, True), (kotter, True)]
