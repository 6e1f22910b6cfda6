"""BibTeX's own means: strings joined by #, abbreviations, and entries that inherit from one another."""

import pytest

from lti_app.library.bibliography.rules.records import SkipReason, find_work, keys_of, read

STRINGS = """@string{hbr = "Harvard " # "Business Review"}
@STRING(Short = hbr # { (} # "HBR" # {)})
@article{z, title = "Managers and " # {{Leaders}}, author = {Abraham Zaleznik}, journal = HBR, year = 1977,
  month = may # "--" # jun, pages = {67--78, 80}}
@article{k, title = {What leaders #really# do}, author = "Kotter, John P." # " and " # zal, journal = short,
  year = 1990}
@string{zal = {Zaleznik, A.}}
"""
CROSSREF = """@incollection{bryman, author = {Bryman, Alan}, title = {Introduction},
  pages = {vii--xv}, crossref = {Handbook}}
@inbook{grint, author = {Grint, Keith}, title = {Leadership}, crossref = {handbook}, editor = {Own, Editor}}
@collection{handbook, title = {The SAGE Handbook of Leadership}, subtitle = {Second edition},
  editor = {Bryman, Alan and Collinson, David}, publisher = {SAGE}, address = {London}, year = 2011,
  doi = {10.4135/9781446200000}, url = {https://example.org/handbook}, isbn = {9781848601468}, pages = {1--500}}
"""
XDATA = """@xdata{hup, publisher = {Harvard University Press}, location = {Cambridge, MA}}
@xdata{late, xdata = {hup}, date = {1994}, publisher = {Belknap}}
@book{heifetz, author = {Heifetz, Ronald}, title = {Leadership Without Easy Answers}, xdata = {late}}
@article{a, author = {Meindl, James}, title = {Follower-Centric}, crossref = {issue}, pages = {1--9}}
@periodical{issue, title = {Leadership Quarterly}, volume = 6, date = {1995}}
"""


def titled(text):
    return {record["title"]: record for record in read(text).records}


def test_strings_are_joined_and_abbreviations_written_out():
    found = titled(STRINGS)
    zaleznik, kotter = found["Managers and Leaders"], found["What leaders #really# do"]
    assert zaleznik["container-title"] == "Harvard Business Review"
    assert zaleznik["issued"] == {"date-parts": [[1977, 5]]}
    assert zaleznik["page"] == "67-78, 80"
    assert kotter["container-title"] == "Harvard Business Review (HBR)"
    assert [name["family"] for name in kotter["author"]] == ["Kotter", "Zaleznik"]


def test_what_abbreviates_nothing_stays_as_it_is():
    assert titled("@article{a, title = {A}, journal = hbr, year = 1990}")["A"]["container-title"] == "hbr"


def test_parts_of_a_book_inherit_from_it():
    found = titled(CROSSREF)
    bryman, grint = found["Introduction"], found["Leadership"]
    assert bryman["container-title"] == "The SAGE Handbook of Leadership: Second edition"
    assert [name["family"] for name in bryman["editor"]] == ["Bryman", "Collinson"]
    assert (bryman["publisher"], bryman["publisher-place"], bryman["page"]) == ("SAGE", "London", "vii-xv")
    assert bryman["issued"] == {"date-parts": [[2011]]}
    assert not bryman.keys() & {"DOI", "URL"}
    assert [name["family"] for name in grint["editor"]] == ["Own"]
    assert "page" not in grint
    assert found["The SAGE Handbook of Leadership: Second edition"]["DOI"] == "10.4135/9781446200000"


def test_a_parent_with_a_booktitle_as_bibtex_wants_it():
    text = """@inproceedings{a, author = {A, B}, title = {Part}, crossref = p}
@proceedings{p, title = {Proceedings}, booktitle = {Proc. of X}, year = 2001}"""
    assert titled(text)["Part"]["container-title"] == "Proc. of X"


def test_shared_data_and_journals():
    found = titled(XDATA)
    heifetz, meindl = found["Leadership Without Easy Answers"], found["Follower-Centric"]
    assert (heifetz["publisher"], heifetz["publisher-place"]) == ("Belknap", "Cambridge, MA")
    assert heifetz["issued"] == {"date-parts": [[1994]]}
    assert (meindl["container-title"], meindl["volume"]) == ("Leadership Quarterly", "6")
    assert len(found) == 3


def test_a_parent_that_is_not_there_changes_nothing():
    assert titled("@incollection{a, title = {Part}, booktitle = {Whole}, crossref = {b}}")["Part"]["type"] == "chapter"


def test_chapters_of_the_same_name_by_others_are_works_of_their_own():
    text = """@incollection{a, title={Introduction}, author={Bryman, Alan}, booktitle={A Handbook}, year={2011}}
@incollection{b, title={Introduction}, author={Rumsey, Michael}, booktitle={Another}, year={2011}}
@incollection{c, title={Introduction}, editor={Northouse, Peter}, booktitle={A Third}, year={2011}}
@incollection{d, title={Introduction.}, author={A. Bryman}, booktitle={Handb.}, year={2011}}"""
    found = read(text)
    assert [record["container-title"] for record in found.records] == ["A Handbook", "Another", "A Third"]
    assert [skipped.fault for skipped in found.skipped] == [SkipReason.TWICE]


def work(family="Kotter", given="John P.", year=1990, title="What Leaders Really Do", doi=""):
    author = [{"family": family, "given": given}] if family else []
    return {"title": title, "author": author, "issued": {"date-parts": [[year]]}, **({"DOI": doi} if doi else {})}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (work(), work(given="J."), True),
        (work(), work(title="What leaders really do?"), True),
        (work(family="Müller"), work(family="Mu\u0308ller"), True),
        (work(), {**work(), "author": [{"literal": "John P. Kotter"}]}, True),
        (work(doi="10.1/X"), work(doi="10.1/x", title="Another"), True),
        (work(doi="10.1/x"), work(), True),
        (work(), work(doi="10.1/x"), True),
        (work(doi="10.1/x"), work(doi="10.1/y"), False),
        (work(), work(family="Zaleznik"), False),
        (work(), work(family=""), False),
        (work(), work(year=1991), False),
        (work(), {**work(), "author": [*work()["author"], {"family": "Heskett"}]}, False),
    ],
)
def test_when_two_records_are_of_one_work(one, other, same):
    assert (find_work(other, dict.fromkeys(keys_of(one), True)) is True) == same
