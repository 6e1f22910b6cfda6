"""Names and titles in any script, through the real web server: a test client takes headers that no server can send."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from werkzeug.http import parse_options_header

from tests.resilience.house import TITLES, House, serving_house
from tests.web import page as pages

NAMES = {
    "Kotter’s eight steps.pdf": "Kotters eight steps.pdf",
    "Week 3 – notes.pdf": "Week 3 notes.pdf",
    "レポート.pdf": "file.pdf",
    "Отчёт 2.pdf": "2.pdf",
    "Käse 👍.pdf": "Kase.pdf",
    "notes.v2.final.pdf": "notes.v2.final.pdf",
    "👩🏽‍🏫 می‌خواهم \U0001fadf.pdf": "file.pdf",
    "it’s; q=1, 100 'x'.pdf": "its; q=1, 100 'x'.pdf",
}
"""As they were sent, and what is left of them in ASCII."""


@pytest.fixture
def house(sqlite_url: str, tmp_path: Path) -> Iterator[House]:
    with serving_house(tmp_path, sqlite_url) as house:
        yield house


def names_of(answer: requests.Response) -> tuple[str, str]:
    """The name in ASCII, and the whole name."""
    assert answer.status_code == 200, answer.text[:200]
    header = answer.headers["Content-Disposition"]
    assert header.isascii()
    _, options = parse_options_header(header)
    plain = header.partition('filename="')[2].partition('"')[0] or header.partition("filename=")[2].partition(";")[0]
    return plain, options["filename"]


def test_files_keep_their_names_in_any_script(house: House):
    ines, home = house.client(house.cast.ines), house.home
    for name, plain in NAMES.items():
        sent = ines.send_file(f"{home}/files", name, home)
        assert sent.json()["name"] == name
        assert names_of(ines.get(sent.json()["url"])) == (plain, name)
    form = f"{home}/readings/{house.reading_id}/file"
    for name, plain in NAMES.items():
        sent = ines.send_file(form, name, home, ground="open_licence", note="CC BY 4.0", first_page="1")
        assert sent.status_code == 303, sent.text[:300]
        page = pages.parse(ines.get(f"{home}/readings/{house.reading_id}/read").text)
        address = page.one("div", class_="sheets").attrs["data-url"]
        assert names_of(ines.get(address)) == (plain, name)


@pytest.mark.parametrize("kind", ["html", "pdf", "csv", "json"])
def test_exports_are_named_after_titles_in_any_script(house: House, kind: str):
    ines = house.client(house.cast.ines)
    for discussion, title in zip(house.discussions, TITLES, strict=True):
        path = f"{house.home}/discussions/{discussion.id}/export/file?kind={kind}&scope=readable"
        plain, whole = names_of(ines.get(path))
        assert whole.startswith(title)
        assert plain.endswith(f".{kind}")
