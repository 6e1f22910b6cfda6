"""Documents that take as long to read as they may, at the server as shipped: the others get their pages meanwhile."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from lti_app.core.bounded import AT_ONCE
from lti_app.core.documents import SECONDS
from tests.factories import files
from tests.resilience.house import serving_house

pytestmark = pytest.mark.attack

LINES = 1_500_000
"""On one page: a minute of work and more."""
FIELDS = {"ground": "open_licence", "note": "CC BY 4.0", "first_page": "1"}


def test_pdfs_that_take_long(sqlite_url: str, tmp_path: Path):
    """As many as may be read at once are; one more is refused at once, pages come, and reading ends at its limit."""
    slow = files.pdf(["x"] * LINES) + b"%/Encrypt"
    with serving_house(tmp_path, sqlite_url) as house, ThreadPoolExecutor(AT_ONCE + 1) as pool:
        form, page = f"{house.home}/readings/{house.reading_id}/file", f"{house.home}/discussions/1"
        people = [house.client(house.cast.ines) for _ in range(AT_ONCE + 1)]
        reader = house.client(house.cast.ana)
        sent = [
            pool.submit(each.send_content, form, "slow.pdf", house.home, slow, seconds=2 * SECONDS, **FIELDS)
            for each in people
        ]
        pages = 0
        while not all(each.done() for each in sent):
            assert reader.get(page).status_code == 200
            pages += sum(each.done() for each in sent) == 1
        answers = [each.result() for each in sent]
        for client in (reader, *people):
            client.close()
    refused = [answer for answer in answers if "Other files are being read" in answer.text]
    assert len(refused) == 1
    assert {answer.status_code for answer in answers if answer not in refused} == {303}
    assert pages > 10
