"""Tables as CSV and XLSX: nothing in them is a formula, and everything comes back as it was."""

import csv
import io
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from lti_app.exchange.exporting.rules.tables import ExportedTable, csv_table, xlsx_table
from lti_app.exchange.formats.colloquy import plain_cell
from tests.cast import MONDAY

HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "=cmd|' /C calc'!A0", '=HYPERLINK("https://evil.example")', "＝1"]
SPREADSHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def sheet(table):
    return etree.fromstring(ZipFile(io.BytesIO(xlsx_table(table))).read("xl/worksheets/sheet1.xml"))


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_is_a_formula(text):
    table = ExportedTable(text, [text], [[text]])
    for cell in csv.reader(io.StringIO("".join(csv_table(table)).removeprefix("\ufeff"))):
        assert cell[0].startswith("'")
    root = sheet(table)
    assert not root.findall(f".//{SPREADSHEET}f")
    assert {cell.get("t") for cell in root.iter(f"{SPREADSHEET}c")} == {"inlineStr"}


def test_numbers_moments_and_nothing():
    table = ExportedTable("[History]", ["a", "b", "c", "d"], [[0, MONDAY, None, "https://x.example"]])
    assert list(csv_table(table))[1] == "0,2026-03-02T09:00+00:00,,https://x.example\r\n"
    root = sheet(table)
    row = root.findall(f".//{SPREADSHEET}row")[1]
    assert ["".join(cell.itertext()) for cell in row] == ["0", "2026-03-02T09:00+00:00", "https://x.example"]
    assert not root.findall(f".//{SPREADSHEET}hyperlink")


@pytest.mark.parametrize("title", ["", "[]", "'", "Week 3: " * 20, "a/b\\c"])
def test_every_title_makes_a_sheet(title):
    names = etree.fromstring(ZipFile(io.BytesIO(xlsx_table(ExportedTable(title, ["x"], [])))).read("xl/workbook.xml"))
    (name,) = (each.get("name") for each in names.iter(f"{SPREADSHEET}sheet"))
    assert 1 <= len(name) <= 31


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["Cs"])), min_size=1, max_size=3))
def test_every_text_comes_back(texts):
    (_head, row) = csv.reader(io.StringIO("".join(csv_table(ExportedTable("x", ["h"], [texts]))), newline=""))
    assert [plain_cell(cell) for cell in row] == texts


def test_a_long_text_is_cut_to_what_a_cell_holds():
    root = sheet(ExportedTable("x", ["h"], [["y" * 40_000]]))
    assert len("".join(root.findall(f".//{SPREADSHEET}row")[1].itertext())) == 32_000
