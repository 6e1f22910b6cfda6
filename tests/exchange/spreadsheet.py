"""What a spreadsheet makes of a CSV file that it opens and saves again."""

import csv
import io
import re
from dataclasses import dataclass

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_DAY = re.compile(
    r"(\d{1,2})[/.-](\d{1,2})(?:[/.-](\d{2,4}))?|(?:\d{1,2}\W)?(?:jan|feb|mar|may|dec)[a-z]*\W?\d{1,4}", re.I
)
_TRUTH = re.compile("true|false", re.I)


@dataclass(frozen=True)
class Spreadsheet:
    """A program with its habits."""

    delimiter: str = ","
    mark: bool = False
    """Whether it begins the file with the mark of UTF-8."""
    encoding: str = "utf-8"
    says_delimiter: bool = False
    quotes_all: bool = False
    decimal: str = "."
    whole: str = "{}"
    """How it writes whole numbers."""
    breaks: str = "\n"
    """Within cells."""
    more: int = 0
    """Empty columns and rows behind the others."""
    eats_apostrophes: bool = False

    def saved(self, content: str) -> bytes:
        """The file after it was opened and saved."""
        rows = [*csv.reader(io.StringIO(content.removeprefix("\ufeff"), newline=""))]
        file = io.StringIO(newline="")
        file.write(f"sep={self.delimiter}\r\n" if self.says_delimiter else "")
        quoting = csv.QUOTE_ALL if self.quotes_all else csv.QUOTE_MINIMAL
        writer = csv.writer(file, delimiter=self.delimiter, quoting=quoting, lineterminator="\r\n")
        width = len(rows[0]) + self.more
        for row in [*rows, *[[]] * self.more]:
            writer.writerow([self.cell(cell) for cell in row] + [""] * (width - len(row)))
        return (("\ufeff" if self.mark else "") + file.getvalue()).encode(self.encoding)

    def cell(self, text: str) -> str:
        """A cell as it shows it."""
        if _NUMBER.fullmatch(text.strip()):
            number = float(text)
            return self.whole.format(int(number)) if number == int(number) else str(number).replace(".", self.decimal)
        if _DAY.fullmatch(text.strip()):
            return "44927"
        if text.startswith(("=", "+", "-", "@")):
            return "#NAME?"
        if _TRUTH.fullmatch(text):
            return "WAHR"
        text = text.replace("\n", self.breaks)
        return text[1:] if self.eats_apostrophes and text.startswith("'") else text


PROGRAMS = {
    "none": Spreadsheet(),
    "Excel": Spreadsheet(";", mark=True, decimal=",", more=3),
    "Excel, Unicode text": Spreadsheet("\t", encoding="utf-16", more=1),
    "Excel on a Mac": Spreadsheet(";", mark=True, breaks="\r"),
    "LibreOffice": Spreadsheet(quotes_all=True, breaks="\r\n"),
    "Numbers": Spreadsheet(";", eats_apostrophes=True),
    "with a line for the delimiter": Spreadsheet(";", says_delimiter=True, more=2),
    "pandas": Spreadsheet(whole="{}.0"),
    "grouped": Spreadsheet(";", whole="{:,}", mark=True),
}
