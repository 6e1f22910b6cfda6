"""A requirement of different days, from the set-up to the grading desk: what every kind of requirement gets."""

from lti_app.discussion.drafts.rules import place_of
from tests.web.site import address

REPLY = "One two three four five"


def test_it_is_set_up_told_counted_and_graded(site, cast, discussion, ask):
    path = address(discussion, "settings")
    instructor = site.browser(cast.ines)
    assert instructor.get(path).page.one("input", name="days_wanted").attrs["value"] == "0"
    assert instructor.post_form(path, path, days_wanted="2").status == 303
    assert instructor.get(path).page.one("input", name="days_wanted").attrs["value"] == "2"

    site.write(cast.ana, discussion)
    ben = site.write(cast.ben, discussion)
    student = site.browser(cast.ana)
    shown = student.get(address(discussion))
    assert "Post on at least 2 different days by Sun, Mar 8" in shown.text
    assert "Posts on 1 of 2 days" in shown.page.one("section", class_="progress").text

    reply = {"place": place_of(ben.id).key, "text": REPLY}
    assert "Still required: a post on 1 more day." in ask(student, discussion, **reply)
    site.clock.move(days=1)
    instructor, student = site.browser(cast.ines), site.browser(cast.ana)  # the visits of yesterday are over
    assert "Would count as day 2 of 2." in ask(student, discussion, **reply)
    site.write(cast.ana, discussion, REPLY, to=ben)

    counting = student.get(address(discussion, "participation"))
    assert "Several posts on one day count as one day." in counting.text
    assert "time zone (Berlin)." in counting.text
    rows = [[cell.text for cell in row.all("th", "td")] for row in counting.page.one("tbody").all("tr")]
    assert rows[-1][:3] == ["Posts on 2 of 2 days", "Done", "1, 2.1"]
    desk = instructor.get(address(discussion, "grading", cast.ana.person_id)).text
    assert "Posts on 2 of 2 days" in desk


def test_it_may_be_left_empty_and_asks_for_nothing(site, cast, discussion):
    path = address(discussion, "settings")
    assert site.browser(cast.ines).post_form(path, path, days_wanted="").status == 303
    assert "different days" not in site.browser(cast.ana).get(address(discussion)).text


def test_numbers_out_of_range_are_refused(site, cast, discussion):
    path = address(discussion, "settings")
    for number in ("-1", "32", "many"):
        assert site.browser(cast.ines).post_form(path, path, days_wanted=number).status == 422
