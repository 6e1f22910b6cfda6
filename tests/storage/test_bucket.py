"""The bucket, spoken to over HTTP: a small server that keeps objects as S3 does, whole and in parts."""

import io
import re
import threading
from collections.abc import Iterator

import pytest
from werkzeug import Request, Response
from werkzeug.serving import make_server

from lti_app.core.settings import load_settings
from lti_app.storage.bucket import BucketStorage
from lti_app.storage.choosing import make_storage
from lti_app.storage.folder import FolderStorage
from tests.cast import MONDAY

KEY = "0123456789abcdef" * 2
SECRET = {"COLLOQUY_SECRET_KEY": "for tests only " * 3}


class Bucket:
    """As much of S3 as we use; every request must be signed."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.parts: dict[int, bytes] = {}

    @Request.application
    def __call__(self, request: Request) -> Response:
        assert request.headers["Authorization"].startswith("AWS4-HMAC-SHA256 Credential=reader/")
        if "uploads" in request.args or "uploadId" in request.args:
            return self.in_parts(request)
        if request.method == "PUT":
            self.objects[request.path] = request.get_data()
            return Response(headers={"ETag": '"1"'})
        if "delete" in request.args:
            keys = re.findall("<Key>(.*?)</Key>", request.get_data(as_text=True))
            for key in keys:
                self.objects.pop(f"{request.path.rstrip('/')}/{key}", None)
            told = "".join(f"<Deleted><Key>{key}</Key></Deleted>" for key in keys)
            return Response(f"<DeleteResult>{told}</DeleteResult>")
        if request.path not in self.objects:
            return Response("<Error><Code>NoSuchKey</Code></Error>", 404)
        response = Response(self.objects[request.path], headers={"ETag": '"1"'})
        response.last_modified = MONDAY
        return response.make_conditional(request, accept_ranges=True, complete_length=len(self.objects[request.path]))

    def in_parts(self, request: Request) -> Response:
        if request.method == "PUT":
            self.parts[int(request.args["partNumber"])] = request.get_data()
            return Response(headers={"ETag": f'"{request.args["partNumber"]}"'})
        if "uploads" in request.args:
            names = f"<Bucket>colloquy</Bucket><Key>{request.path}</Key><UploadId>u</UploadId>"
            return Response(f"<InitiateMultipartUploadResult>{names}</InitiateMultipartUploadResult>")
        self.objects[request.path] = b"".join(self.parts[number] for number in sorted(self.parts))
        done = '<Location>x</Location><Bucket>colloquy</Bucket><Key>x</Key><ETag>"1"</ETag>'
        return Response(f"<CompleteMultipartUploadResult>{done}</CompleteMultipartUploadResult>")


@pytest.fixture
def bucket() -> Iterator[tuple[Bucket, BucketStorage]]:
    bucket = Bucket()
    server = make_server("127.0.0.1", 0, bucket, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    options = {
        "FILES": "s3://colloquy/files",
        "BUCKET_ENDPOINT": f"http://127.0.0.1:{server.port}",
        "BUCKET_REGION": "eu-central-1",
        "BUCKET_ACCESS_KEY": "reader",
        "BUCKET_SECRET_KEY": "secret",
    }
    storage = make_storage(load_settings({**SECRET, **{f"COLLOQUY_{name}": value for name, value in options.items()}}))
    assert isinstance(storage, BucketStorage)
    yield bucket, storage
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize("size", [0, 10, 300_000, 23_000_000])
def test_what_is_put_is_what_is_opened(bucket, size):
    server, storage = bucket
    data = bytes(range(251)) * (size // 251) + bytes(size % 251)
    storage.put(KEY, io.BytesIO(data))
    assert server.objects == {f"/colloquy/files/{KEY}": data}
    with storage.open(KEY) as stream:
        assert stream.read() == data
        stream.seek(size // 2)
        assert stream.read(100) == data[size // 2 :][:100]
    storage.delete(KEY)
    storage.delete(KEY)
    assert server.objects == {}
    with pytest.raises(FileNotFoundError):
        storage.open(KEY)


def test_a_folder_is_the_default():
    assert isinstance(make_storage(load_settings(SECRET)), FolderStorage)
