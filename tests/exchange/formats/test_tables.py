"""Tables as programs and spreadsheets save them: delimiters, quotes, encodings and changed numbers."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_app.exchange.formats.dates import DateReader
from lti_app.exchange.formats.encodings import CODECS, decode, samples
from lti_app.exchange.formats.entries import Fault
from lti_app.exchange.formats.errors import FileRefused
from lti_app.exchange.formats.recognize import read_file

HEAD = "id,reply to,author,date,text\n"
SAID = {
    "Windows-1252": "José,It’s a naïve café – really",
    "Windows-1251": "Ольга,Я думаю что Коттер прав",
    "Windows-1250": "Łukasz,Zarządzanie to nie przywództwo i myślę że żadne",
    "Windows-1253": "Γιάννης,Η ηγεσία δεν είναι διοίκηση",
    "Windows-1255": "דוד,מנהיגות אינה ניהול לדעתי",
    "Windows-1256": "أحمد,القيادة ليست الإدارة في رأيي",
    "KOI8-R": "Ольга,Я думаю что Коттер прав",
    "Shift_JIS": "田中,リーダーは管理者ではないと思います。",
    "EUC-JP": "田中,リーダーは管理者ではないと思います。",
    "GB18030": "李明,我认为领导者不是管理者。",
    "Big5": "陳明,我認為領導者不是管理者。",
    "EUC-KR": "김민수,리더는 관리자가 아니라고 생각합니다.",
    "ISO-2022-JP": "田中,リーダーは管理者ではないと思います。",
    "UTF-8": "李明,“Leaders” don’t manage",
    "UTF-16LE": "Søren,naïve",
    "UTF-16BE": "Søren,naïve",
}


def read(content, **options):
    return read_file(content if isinstance(content, bytes) else content.encode(), DateReader(UTC), **options)


@pytest.mark.parametrize("name", SAID)
def test_the_encoding_is_found_out(name):
    found = read(f"author,text\n{SAID[name]}\n".encode(CODECS[name]))
    assert found.encoding == name
    assert f"{found.entries[0].author},{found.entries[0].text}" == SAID[name]


@pytest.mark.parametrize("name", [name for name in CODECS if name != "UTF-16"])
def test_each_encoding_can_be_chosen_by_its_sample(name):
    said = SAID.get(name, "Ana,plain")
    content = f"author,text\n{said}\n".encode(CODECS[name])
    assert read(content, encoding=name).entries[0].text == said.split(",")[1]
    assert name in samples(content)
    assert said.split(",")[0] in samples(content)[name]


def test_encodings_that_cannot_read_a_file_are_not_offered():
    offered = samples("author,text\n李明,“Leaders”\n".encode())
    assert "李明" in offered["UTF-8"]
    assert "UTF-16LE" not in offered
    assert samples("author,text\nJosé,x\n".encode("cp1252")).keys().isdisjoint({"UTF-8"})


def test_one_bad_byte_spoils_one_character():
    content = (HEAD + "1,,Søren,2024-05-06,“Leaders” don’t manage\n2,,Ben,2024-05-06,cut X\n").encode()
    found = read(content.replace(b"cut X", b"cut \xe2\x80"))
    assert [(entry.author, entry.text) for entry in found.entries] == [
        ("Søren", "“Leaders” don’t manage"),
        ("Ben", "cut �"),
    ]
    assert [(note.line, note.fault) for note in found.notes] == [(3, Fault.BAD_BYTES)]


def test_a_sign_for_a_lost_character_that_stands_in_the_file_is_no_bad_byte():
    assert read("author,text\nAna,lost � before\n").notes == []


@pytest.mark.parametrize("first", ["sep=;\r\n", "\ufeffsep=;\n", '"sep=;"\r\n', "SEP=;\n"])
def test_the_line_that_names_the_delimiter_is_read(first):
    found = read(f"{first}id;author;text\r\n1;Ana;a, b, c\r\n")
    assert [(entry.line, entry.author, entry.text) for entry in found.entries] == [(3, "Ana", "a, b, c")]


IDS = {
    ("1", "2", "1.0"): "1",
    ("1.0", "2.0", "1"): "1.0",
    ("1", "2", '"1,0"'): "1",
    ("001", "002", "1"): "001",
    ("'001", "'002", "001"): "001",
    ("123000", "2", "1.23E+05"): "123000",
    ("1234567", "2", '"1,234,567"'): "1234567",
    ("a b", "c", " a  b "): "a b",
    ("Post7", "c", "post7"): "Post7",
    ("12", "c", "#12"): "12",
    ("0", "1", "0"): "0",
    ("1", "2", "nan"): "",
    ("1", "2", "0"): "",
    ("1", "2", "N/A"): "",
    ("1.1", "1.10", "1.1"): "1.1",
}


@pytest.mark.parametrize(("ids", "wanted"), IDS.items())
def test_replies_find_what_they_answer_by_changed_numbers(ids, wanted):
    first, second, parent = ids
    found = read(f"{HEAD}{first},,Ana,2024-05-06,First\n{second},{parent},Ben,2024-05-07,Second\n")
    assert [entry.parent for entry in found.entries] == ["", wanted]


def test_a_number_that_could_be_two_posts_is_neither():
    found = read(f"{HEAD}01,,Ana,2024-05-06,a\n001,,Ana,2024-05-06,b\n2,1,Ben,2024-05-07,c\n")
    assert found.entries[2].parent == "1"


def test_quotes_after_backslashes_are_read():
    found = read('author,text\nAna,"She said \\"no\\", twice"\nBen,"x"\n')
    assert [entry.text for entry in found.entries] == ['She said "no", twice', "x"]
    with pytest.raises(FileRefused, match="csv_broken"):
        read('author,text\nAna,"She said "no", twice"\n')


@pytest.mark.parametrize("cell", ["'=1+1", "'-5", "'@ana"])
def test_the_apostrophe_before_what_is_no_formula_is_dropped(cell):
    assert read(f"author,text\nAna,{cell}\n").entries[0].text == cell[1:]


DATES = {
    "20240506": datetime(2024, 5, 6, tzinfo=UTC),
    "202405061130": datetime(2024, 5, 6, 11, 30, tzinfo=UTC),
    "20240506T101500Z": datetime(2024, 5, 6, 10, 15, tzinfo=UTC),
    "20240506T121500+0200": datetime(2024, 5, 6, 10, 15, tzinfo=UTC),
    "20240506.0": datetime(2024, 5, 6, tzinfo=UTC),
    "11/23/2024\u202f3:04\u202fPM": datetime(2024, 11, 23, 15, 4, tzinfo=UTC),
    "Nov 23, 2024, 3:04\u202fPM": datetime(2024, 11, 23, 15, 4, tzinfo=UTC),
    "23-Nov-24 15:04": datetime(2024, 11, 23, 15, 4, tzinfo=UTC),
    "2024-10-27 02:30:00 +0200": datetime(2024, 10, 27, 0, 30, tzinfo=UTC),
    "Sat 23 Nov 2024 15:04:05 CET": datetime(2024, 11, 23, 14, 4, 5, tzinfo=UTC),
    "Sat Nov 23 2024 15:04:05 GMT+0100 (Central European Standard Time)": datetime(2024, 11, 23, 14, 4, 5, tzinfo=UTC),
    "2024年5月6日 15:04": datetime(2024, 5, 6, 15, 4, tzinfo=UTC),
    "'2024-05-06 10:00": datetime(2024, 5, 6, 10, tzinfo=UTC),
    "1741107600000000": datetime(2025, 3, 4, 17, tzinfo=UTC),
    "45720,5": datetime(2025, 3, 4, 12, tzinfo=UTC),
    "20241332": None,
    "99999999": None,
    "GMT+2": None,
    "1,741E+12": None,
}


@pytest.mark.parametrize(("text", "moment"), DATES.items())
def test_dates_of_many_programs(text, moment):
    assert DateReader(UTC).read(text) == moment


@given(st.dates(date(1971, 1, 1), date(2150, 1, 1)))
def test_eight_digits_are_a_day(day):
    assert DateReader(UTC).read(f"{day:%Y%m%d}") == datetime(day.year, day.month, day.day, tzinfo=UTC)


@given(st.binary(max_size=200), st.sampled_from([*CODECS, ""]))
def test_any_bytes_are_read_in_any_encoding(content, name):
    assert isinstance(decode(content, name).text, str)
    samples(content)
