"""An import that takes long keeps nobody else from writing, and few of them run at once."""

import pytest

from lti_app.exchange.importing.rules.prepare import prepare_import
from tests.core.bounded import every_place_taken
from tests.web.exchange.test_import import CSV, give
from tests.web.site import address

BUSY = "Other files are being read right now. Try again in a minute."


@pytest.fixture
def path(discussion):
    return address(discussion, "import")


@pytest.fixture
def written_meanwhile(site, cast, discussion, monkeypatch) -> list[str]:
    """While a file is read, somebody posts: what they wrote."""
    texts: list[str] = []

    def prepare(*given, **options):
        texts.append(f"Meanwhile, number {len(texts)}.")
        site.write(cast.ana, discussion, texts[-1])
        return prepare_import(*given, **options)

    monkeypatch.setattr("lti_app.web.exchange.exchange.prepare_import", prepare)
    return texts


def test_files_are_read_while_others_write(site, cast, discussion, path, written_meanwhile):
    browser = site.browser(cast.ines)
    found = give(browser, path, CSV).location
    again = browser.post_form(f"{found}/reread", found, encoding="Windows-1252", dates="auto", time_zone="UTC").location
    assert browser.post_form(again, again, mode="live").status == 303
    assert "3 posts were imported." in browser.get(again).text
    assert len(written_meanwhile) == 3
    shown = browser.get(address(discussion)).text
    assert all(text in shown for text in (*written_meanwhile, "Engines first."))


def test_those_who_come_while_files_are_read_are_told(site, cast, discussion, path):
    browser = site.browser(cast.ines)
    with every_place_taken():
        refused = give(browser, path, CSV)
        assert (refused.status, BUSY in refused.beside("text")) == (422, True)
    found = give(browser, path, CSV).location
    with every_place_taken():
        browser.post_form(f"{found}/reread", found, encoding="Windows-1252", dates="auto", time_zone="UTC")
        assert BUSY in browser.get(found).text
        browser.post_form(found, found, mode="live")
        assert BUSY in browser.get(found).text
    browser.post_form(found, found, mode="live")
    assert "3 posts were imported." in browser.get(found).text
