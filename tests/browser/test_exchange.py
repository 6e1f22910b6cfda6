"""Taking out and bringing in by a browser, and the file that one has then, each looked at in every way."""

from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import MakeVisitor
from tests.browser.site import Site
from tests.browser.test_every_page import take
from tests.browser.tours import discussion_url
from tests.browser.visitor import Visitor

FORUM = Path(__file__).parents[1] / "exchange" / "formats" / "samples" / "bbpress.xml"


def saved(page: Page, name: str, folder: Path) -> Path:
    """The file that a link gives."""
    with page.expect_download() as download:
        page.get_by_role("link", name=name).click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def test_taking_out(site: Site, visit: MakeVisitor, tmp_path: Path):
    def tour(visitor: Visitor) -> Iterator[str]:
        page = visitor.become("miriam").open_in_tab()
        page.get_by_role("link", name="Import and export").click()
        yield "what an instructor can take out"
        assert saved(page, "PDF (Full view (instructors))", tmp_path).read_bytes().startswith(b"%PDF")
        page.goto(f"file://{saved(page, 'Web page (Class view)', tmp_path)}")
        yield "a discussion that was taken out"
        page = visitor.become("amara").open_in_tab()
        page.get_by_role("link", name="Export this discussion").click()
        yield "what a student can take out"

    take(tour, visit(site))


def test_bringing_in(site: Site, visit: MakeVisitor):
    def tour(visitor: Visitor) -> Iterator[str]:
        page = visitor.become("miriam").open_in_tab()
        page.goto(discussion_url(site, "export"))
        page.get_by_role("link", name="Import posts").click()
        page.get_by_text("Supported files").click()
        yield "bringing in"
        page.get_by_role("button", name="Preview").click()
        expect(page.get_by_role("alert")).to_be_visible()
        yield "bringing in nothing"
        page.get_by_label("File", exact=True).set_input_files(FORUM)
        page.get_by_role("button", name="Preview").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Import preview")
        page.get_by_text("Details, with line numbers").click()
        yield "what was found in a file"
        page.get_by_role("button", name="Import 6 posts").click()
        expect(page.get_by_role("status")).to_have_text("6 posts were imported.")
        yield "what was imported"
        page.goto(discussion_url(site, "export"))
        yield "what was imported so far"

    take(tour, visit(site))
