import hashlib
import http.server
import threading
from pathlib import Path

import pytest

from generation.music import downloads
from generation.music.corpora import CorpusError, read_corpus
from generation.music.downloads import DownloadError, download


class Shelf(http.server.BaseHTTPRequestHandler):
    """A server that gives what the test has put on it, and breaks off where it should."""

    files: dict[str, bytes] = {}

    def do_GET(self):
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/music.zip")
            self.end_headers()
            return
        data = self.files.get(self.path)
        if data is None:
            self.send_error(404, "Not Found")
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(data) + (100 if self.path == "/short.zip" else 0)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args):
        pass


@pytest.fixture
def shelf():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Shelf)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def archive(music_folder, tmp_path, monkeypatch) -> bytes:
    import shutil

    data = Path(shutil.make_archive(str(tmp_path / "m"), "zip", music_folder)).read_bytes()
    monkeypatch.setattr(Shelf, "files", {"/music.zip": data, "/short.zip": data, "/big.zip": bytes(3000)})
    return data


def test_a_corpus_is_read_from_its_address(shelf, archive, music_folder):
    heard = []
    corpus = read_corpus(f"{shelf}/music.zip", progress=lambda *what: heard.append(what))
    assert corpus.fingerprint == read_corpus(music_folder).fingerprint
    assert corpus.origin == f"{shelf}/music.zip"
    assert (len(archive), len(archive), "bytes") in heard
    assert heard[-1][2] == "songs"


def test_an_address_may_lead_to_another(shelf, archive):
    assert len(read_corpus(f"{shelf}/moved").pieces) == 2


def test_a_checksum_is_held_to(shelf, archive, tmp_path):
    right = hashlib.sha256(archive).hexdigest()
    assert download(f"{shelf}/music.zip#sha256={right}", tmp_path).read_bytes() == archive
    with pytest.raises(CorpusError, match=f"is not the file that was expected: its SHA-256 is {right}, not 0{{64}}"):
        read_corpus(f"{shelf}/music.zip#sha256={'0' * 64}")
    with pytest.raises(DownloadError, match="'#sha256=abc' is no checksum"):
        download(f"{shelf}/music.zip#sha256=abc", tmp_path)


def test_what_is_not_there_or_breaks_off_is_said(shelf, archive, tmp_path):
    with pytest.raises(CorpusError, match=r"/gone\.zip answered 404 \(Not Found\); is the address right\?"):
        read_corpus(f"{shelf}/gone.zip")
    with pytest.raises(CorpusError, match=r"short\.zip broke off after .* bytes; try again"):
        read_corpus(f"{shelf}/short.zip")


def test_a_server_that_is_not_there_is_said(tmp_path):
    with pytest.raises(DownloadError, match=r"cannot be fetched \(.*refused\); is this machine online\?"):
        download("http://127.0.0.1:9/music.zip", tmp_path)


def test_more_than_anybody_needs_is_not_fetched(shelf, archive, tmp_path, monkeypatch):
    monkeypatch.setattr(downloads, "LARGEST", 2000)
    with pytest.raises(DownloadError, match="fetch it yourself and give its path"):
        download(f"{shelf}/big.zip", tmp_path)


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://127.0.0.1/x", "//x", "https://"])
def test_only_the_web_is_fetched_from(address, tmp_path):
    with pytest.raises(DownloadError):
        download(address, tmp_path)
    assert not (tmp_path / "passwd").exists()
