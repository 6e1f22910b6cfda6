"""Answers in fewer bytes, from the server as shipped: which are compressed, for whom, and what they unpack to."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import lti_app
from lti_app import migrations
from tests.resilience.house import TITLES, Client, House, serving_house

STATIC = Path(lti_app.__file__).parent / "static"
PACKED, PLAIN = {"Accept-Encoding": "gzip, br"}, {"Accept-Encoding": "identity"}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("compression")
    url = f"sqlite:///{folder}/house.db"
    migrations.upgrade(url)
    with serving_house(folder, url) as house:
        yield house


@pytest.fixture
def ines(house: House) -> Iterator[Client]:
    client = house.client(house.cast.ines)
    yield client
    client.close()


def encoding(answer) -> str:
    assert "Accept-Encoding" in answer.headers["Vary"]
    return answer.headers.get("Content-Encoding", "")


@pytest.fixture(scope="module")
def names() -> dict[str, str]:
    return json.loads((STATIC / "manifest.json").read_text())


def test_pages_are_compressed_for_those_who_can_unpack_them(house: House, ines: Client):
    packed, plain = (ines.get(house.home, headers) for headers in (PACKED, PLAIN))
    assert (encoding(packed), encoding(plain)) == ("gzip", "")
    assert int(packed.headers["Content-Length"]) < len(plain.content) / 2
    assert "Cookie" in packed.headers["Vary"]
    for answer in (packed, plain):
        assert TITLES[0] in answer.text


@pytest.mark.parametrize("accepted", ["", "br", "gzip;q=0", "identity, gzip;q=0"])
def test_who_does_not_take_gzip_gets_plain_text(house: House, ines: Client, accepted: str):
    assert encoding(ines.get(house.home, {"Accept-Encoding": accepted})) == ""


@pytest.mark.parametrize(("asked_by", "expected"), [("cross-site", ""), ("same-site", ""), ("same-origin", "gzip")])
def test_what_another_site_puts_into_a_page_is_not_compressed_with_it(
    house: House, ines: Client, asked_by: str, expected: str
):
    asked = {**PACKED, "Sec-Fetch-Site": asked_by}
    assert encoding(ines.get(f"{house.home}/search?q=guess", asked)) == expected
    assert encoding(ines.get(house.home, asked)) == "gzip"


def test_a_query_of_a_browser_that_does_not_tell_who_asks_is_not_compressed(house: House, ines: Client):
    assert encoding(ines.get(f"{house.home}/search?q=guess", PACKED)) == ""


def test_the_length_of_an_answer_does_not_tell_what_is_in_it(house: House, ines: Client):
    lengths = [int(ines.get(house.home, PACKED).headers["Content-Length"]) for _ in range(20)]
    assert max(lengths) - min(lengths) > 30


@pytest.mark.parametrize("name", ["main.css", "main.js", "reader.js", "pdf.worker.min.mjs"])
def test_scripts_and_styles_come_as_they_were_compressed_when_they_were_built(ines: Client, names, name: str):
    built = STATIC / names[name]
    packed, plain = (ines.get(f"/static/{built.name}", headers) for headers in (PACKED, PLAIN))
    assert (encoding(packed), encoding(plain)) == ("gzip", "")
    assert packed.content == plain.content == built.read_bytes()
    assert int(packed.headers["Content-Length"]) == built.with_name(f"{built.name}.gz").stat().st_size
    assert packed.headers["ETag"] != plain.headers["ETag"]
    for header in ("Content-Type", "Cache-Control", "Content-Security-Policy"):
        assert packed.headers[header] == plain.headers[header]
    assert ines.get(f"/static/{built.name}", {**PACKED, "If-None-Match": packed.headers["ETag"]}).status_code == 304


def test_what_is_compressed_by_its_nature_comes_as_it_is(ines: Client, names):
    font = names["source-serif-4-latin-wght-normal.woff2"]
    answer = ines.get(f"/static/{font}", PACKED)
    assert (answer.status_code, encoding(answer)) == (200, "")
    assert answer.content == (STATIC / font).read_bytes()


def test_every_script_and_style_sheet_has_an_up_to_date_copy():
    built = [path for ending in ("css", "js") for path in STATIC.rglob(f"*.{ending}")]
    assert built
    for path in built:
        assert gzip.decompress(path.with_name(f"{path.name}.gz").read_bytes()) == path.read_bytes(), path.name


def test_short_answers_stay_as_they_are(ines: Client):
    assert "Content-Encoding" not in ines.get("/healthz", PACKED).headers
