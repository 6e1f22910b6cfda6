"""GET …/discussions/<id> for a graded student: the grade, once it is released and not before."""

from tests.web.site import address


def test_draft_is_invisible_and_release_is_seen(site, cast, discussion):
    site.write(cast.ana, discussion)
    site.mark(discussion, cast.ana, comment="You draft well; <b>why</b> so short?\n\nRead on.")
    here, browser = address(discussion), site.browser(cast.ana)
    before = browser.get(here)
    assert not before.page.all("section", class_="grade")
    assert "draft well" not in before.html
    site.release(discussion, cast.ana)
    card = browser.get(here).page.one("section", class_="grade")
    assert "20 of 20 points" in card.text
    assert "You draft well; <b>why</b> so short? Read on." in card.text
    assert "Content and argument 6 of 6" in card.text
    assert "Released Mon, Mar 2, 10:00 AM" in card.text


def test_change_after_release_is_a_draft_again(site, cast, discussion):
    site.mark(discussion, cast.ana, comment="As released.")
    site.release(discussion, cast.ana)
    site.mark(discussion, cast.ana, version=1, comment="Second thoughts.", lowest=True)
    page = site.browser(cast.ana).get(address(discussion))
    assert "20 of 20 points" in page.text
    assert "Second thoughts" not in page.html


def test_nobody_else_sees_it(site, cast, discussion):
    site.mark(discussion, cast.ana, comment="For Ana alone.")
    site.release(discussion, cast.ana)
    for actor in (cast.ben, cast.olga, cast.ines):
        answer = site.browser(actor).get(address(discussion))
        assert not answer.page.all("section", class_="grade")
        assert "For Ana alone" not in answer.html
