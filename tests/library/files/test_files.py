"""Files: who may do what with them, what is kept where, and what is swept away."""

import io
from dataclasses import replace
from datetime import timedelta
from itertools import product

import obstore
import pytest
from obstore.store import MemoryStore

from lti_app.core.errors import ColloquyError, Forbidden, NotFound
from lti_app.course.courses.rules import Role
from lti_app.library.files import access
from lti_app.library.files.actions import MOST_WAITING, attach_files, delete_file, store_file, sweep
from lti_app.library.files.errors import RightsMissing, TooManyFiles
from lti_app.library.files.queries import get_file, list_files, read_pages
from lti_app.library.files.rules import Purpose, Right, Rights
from lti_app.library.readings.actions.file import set_reading_file
from lti_app.library.readings.queries import get_filed_reading
from lti_app.storage.bucket import BucketStorage
from lti_app.storage.folder import FolderStorage
from tests.factories import files
from tests.factories.readings import add_readings
from tests.statements import count_statements

RIGHTS = Rights(Right.OPEN_LICENCE, "CC BY 4.0")


@pytest.fixture(params=["folder", "bucket"])
def storage(request, tmp_path):
    """The bucket is the S3 library's own store in memory: its protocol is the library's business."""
    return FolderStorage(tmp_path / "kept") if request.param == "folder" else BucketStorage(MemoryStore(), prefix="a/b")


def store(session, actor, storage, clock, data=None, *, purpose=Purpose.ATTACHMENT):
    rights = RIGHTS if purpose is Purpose.READING else None
    data = data or (files.pdf(["x"]) if purpose is Purpose.READING else files.png())
    return store_file(session, actor, storage, io.BytesIO(data), name="x", purpose=purpose, rights=rights, now=clock())


# What somebody asks of a file: `whose`, whether something refers to it, and what it is for.
TABLE = """
purpose    attached whose need    observer  student   assistant instructor
reading    yes      other read    yes       yes       yes       yes
reading    yes      other attach  forbidden forbidden forbidden forbidden
reading    yes      other delete  forbidden forbidden yes       yes
reading    no       other -       not_found not_found not_found not_found
reading    -        own   -       yes       yes       yes       yes
attachment yes      other read    not_found yes       yes       yes
attachment yes      other attach  not_found forbidden forbidden forbidden
attachment yes      other delete  not_found forbidden yes       yes
attachment no       other -       not_found not_found not_found not_found
attachment -        own   -       not_found yes       yes       yes
"""


def test_the_table_of_files(cast):
    head, *lines = [line.split() for line in TABLE.strip().splitlines()]
    for purpose, attached, own, need in product(Purpose, (True, False), (True, False), access.FilePermission):
        words = [purpose.value, "yes" if attached else "no", "own" if own else "other", need.value]
        (answers,) = [line[4:] for line in lines if all(a in ("-", b) for a, b in zip(line[:4], words, strict=True))]
        for role, answer in zip(map(Role, head[4:]), answers, strict=True):
            circumstances = access.FileCircumstances(purpose, is_owner=own, is_attached=attached)
            found = "yes"
            try:
                access.require(replace(cast.ana, role=role), need, circumstances)
            except ColloquyError as error:
                found = error.code
            assert found == answer, (role, *words)


def test_who_may_send_what(session, cast, storage, clock):
    may = {
        (purpose, role): access.may_send(replace(cast.ana, role=role), purpose) for purpose in Purpose for role in Role
    }
    assert [role for (purpose, role), yes in may.items() if yes and purpose is Purpose.READING] == [Role.INSTRUCTOR]
    assert not may[Purpose.ATTACHMENT, Role.OBSERVER]
    with pytest.raises(Forbidden):
        store(session, cast.ana, storage, clock, purpose=Purpose.READING)
    with pytest.raises(RightsMissing):
        store_file(session, cast.ines, storage, io.BytesIO(b"x"), name="x", purpose=Purpose.READING, now=clock())


def test_what_is_put_is_what_is_opened(storage):
    data = bytes(range(256)) * 4000
    storage.put("ab" * 16, io.BytesIO(data))
    with storage.open("ab" * 16) as stream:
        assert stream.read() == data
        assert stream.seek(1000) == 1000
        assert stream.read(50) == data[1000:1050]
        assert stream.seek(0, io.SEEK_END) == len(data)
    storage.delete("ab" * 16)
    storage.delete("ab" * 16)
    with pytest.raises(FileNotFoundError):
        storage.open("ab" * 16)


@pytest.mark.parametrize("key", ["", "../" * 5 + "etc/passwd", "a" * 31, "A" * 32, "a" * 32 + "\n", "/" + "a" * 31])
def test_no_key_leads_elsewhere(storage, key):
    for act in (storage.open, storage.delete, lambda key: storage.put(key, io.BytesIO(b"x"))):
        with pytest.raises(FileNotFoundError):
            act(key)


def test_half_a_file_is_no_file(tmp_path):
    class Breaking(io.BytesIO):
        def read(self, size=-1):
            if self.tell():
                raise ConnectionError
            return super().read(size)

    storage = FolderStorage(tmp_path)
    with pytest.raises(ConnectionError):
        storage.put("ab" * 16, Breaking(bytes(10_000_000)))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_only_the_prefix_is_used(storage):
    if isinstance(storage, BucketStorage):
        storage.put("cd" * 16, io.BytesIO(b"x"))
        assert [one["path"] for page in obstore.list(storage._store) for one in page] == ["a/b/" + "cd" * 16]


def test_a_file_becomes_the_readings_and_the_one_before_goes(session, cast, storage, clock):
    reading, _ = add_readings(session, cast.ines, clock())
    first, second = (store(session, cast.ines, storage, clock, purpose=Purpose.READING) for _ in range(2))
    with pytest.raises(NotFound):
        get_file(session, cast.ana, first.id)
    set_reading_file(session, cast.ines, reading, file_id=first.id, first_page=103, now=clock())
    found = get_filed_reading(session, cast.ana, reading)
    assert (found.file, found.first_page) == (first, 103)
    assert first.rights_note == "CC BY 4.0"
    set_reading_file(session, cast.ines, reading, file_id=second.id, now=clock())
    assert get_filed_reading(session, cast.ana, reading).file == second
    with pytest.raises(NotFound):
        get_file(session, cast.ana, first.id)
    set_reading_file(session, cast.ines, reading, file_id=None, now=clock())
    assert get_filed_reading(session, cast.ana, reading).file is None


def test_only_instructors_give_files_of_their_own_course(session, cast, storage, clock):
    reading, _ = add_readings(session, cast.ines, clock())
    mine = store(session, cast.elsewhere, storage, clock, purpose=Purpose.READING)
    for actor, error in ((cast.ana, Forbidden), (cast.tariq, Forbidden), (cast.elsewhere, NotFound)):
        with pytest.raises(error):
            set_reading_file(session, actor, reading, file_id=mine.id, now=clock())
    with pytest.raises(NotFound):
        set_reading_file(session, cast.ines, reading, file_id=mine.id, now=clock())
    picture = store(session, cast.ines, storage, clock)
    with pytest.raises(NotFound):
        set_reading_file(session, cast.ines, reading, file_id=picture.id, now=clock())


def test_attaching_is_the_owners_and_happens_once(session, cast, storage, clock):
    file = store(session, cast.ana, storage, clock)
    for actor in (cast.ben, cast.ines, cast.stranger):
        with pytest.raises(NotFound):
            attach_files(session, actor, [file.id], purpose=Purpose.ATTACHMENT, now=clock())
    for _ in range(2):
        attach_files(session, cast.ana, [file.id, file.id], purpose=Purpose.ATTACHMENT, now=clock())
    attach_files(session, cast.ana, [], purpose=Purpose.ATTACHMENT, now=clock())
    assert get_file(session, cast.ben, file.id) == file


def test_a_list_of_files_is_one_statement_and_shows_what_one_may_see(database, session, cast, storage, clock):
    seen, unseen = (store(session, cast.ana, storage, clock) for _ in range(2))
    attach_files(session, cast.ana, [seen.id], purpose=Purpose.ATTACHMENT, now=clock())
    with count_statements(database.engine) as statements:
        assert list(list_files(session, cast.ben, [seen.id, unseen.id, 999])) == [seen.id]
        assert list_files(session, cast.ben, []) == {}
    assert len(statements) == 1
    assert list_files(session, cast.olga, [seen.id]) == {}


def test_what_nothing_refers_to_is_swept_away_after_a_day(session, cast, storage, clock):
    kept, lost, deleted = (store(session, cast.ana, storage, clock) for _ in range(3))
    attach_files(session, cast.ana, [kept.id, deleted.id], purpose=Purpose.ATTACHMENT, now=clock())
    clock.move(hours=23)
    delete_file(session, cast.ines, deleted.id, now=clock())
    assert sweep(session, storage, now=clock()) == 0
    clock.move(hours=2)
    assert sweep(session, storage, now=clock()) == 1
    clock.move(days=1)
    assert sweep(session, storage, now=clock()) == 1
    assert sweep(session, storage, now=clock()) == 0
    with storage.open(kept.key) as stream:
        assert stream.read() == files.png()
    for gone in (lost, deleted):
        with pytest.raises(FileNotFoundError):
            storage.open(gone.key)
        with pytest.raises(NotFound):
            get_file(session, cast.ana, gone.id)


def test_nobody_fills_the_disk_with_what_they_never_post(session, cast, tmp_path, clock):
    storage = FolderStorage(tmp_path / "hoard")
    for _ in range(MOST_WAITING):
        store(session, cast.ana, storage, clock)
    with pytest.raises(TooManyFiles):
        store(session, cast.ana, storage, clock)
    assert len([path for path in (tmp_path / "hoard").rglob("*") if path.is_file()]) == MOST_WAITING
    clock.now += timedelta(days=1)
    store(session, cast.ana, storage, clock)


def test_the_words_of_a_readings_file(session, cast, storage, clock):
    pdf = store(session, cast.ines, storage, clock, files.pdf(["One."], ["Two."]), purpose=Purpose.READING)
    assert [(label, page.strip()) for label, page in read_pages(storage, pdf, 67)] == [("67", "One."), ("68", "Two.")]
    html = store(
        session, cast.ines, storage, clock, b"<html><p>One &amp; two.</p><p>Three.</p>", purpose=Purpose.READING
    )
    assert read_pages(storage, html) == [("1", "One & two.\n\nThree.")]
