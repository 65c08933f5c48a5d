import hashlib
import http.server
import threading
from pathlib import Path

import pytest

from generation.music.corpora import downloads
from generation.music.corpora.corpora import CorpusError, read_corpus
from generation.music.corpora.downloads import DownloadError, download


class Shelf(http.server.BaseHTTPRequestHandler):
    """A server that gives what the test has put on it, and breaks off where it should."""

    files: dict[str, bytes] = {}

    def do_GET(self):
        if self.path in ("/moved", "/moved-to-ftp"):
            self.send_response(302)
            self.send_header("Location", "/music.zip" if self.path == "/moved" else "ftp://127.0.0.1:9/music.zip")
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
    corpus = read_corpus(f"{shelf}/music.zip", private_networks=True, progress=lambda *what: heard.append(what))
    assert corpus.fingerprint == read_corpus(music_folder).fingerprint
    assert corpus.origin == f"{shelf}/music.zip"
    assert (len(archive), len(archive), "bytes") in heard
    assert heard[-1][2] == "songs"


def test_an_address_may_lead_to_another(shelf, archive):
    assert len(read_corpus(f"{shelf}/moved", private_networks=True).pieces) == 2


def test_a_checksum_is_held_to(shelf, archive, tmp_path):
    right = hashlib.sha256(archive).hexdigest()
    assert download(f"{shelf}/music.zip#sha256={right}", tmp_path, private=True).read_bytes() == archive
    with pytest.raises(CorpusError, match=f"is not the expected file: its SHA-256 is {right}, not 0{{64}}"):
        read_corpus(f"{shelf}/music.zip#sha256={'0' * 64}", private_networks=True)
    with pytest.raises(DownloadError, match="'#sha256=abc' is not a checksum"):
        download(f"{shelf}/music.zip#sha256=abc", tmp_path)


def test_what_is_not_there_or_breaks_off_is_said(shelf, archive, tmp_path):
    with pytest.raises(CorpusError, match=r"/gone\.zip answered 404 \(Not Found\)\. Check the address"):
        read_corpus(f"{shelf}/gone.zip", private_networks=True)
    with pytest.raises(CorpusError, match=r"short\.zip broke off after .* bytes\. Try again"):
        read_corpus(f"{shelf}/short.zip", private_networks=True)


def test_a_server_that_is_not_there_is_said(tmp_path):
    with pytest.raises(
        DownloadError, match=r"could not be downloaded \(.*refused\)\. Check that this machine is online"
    ):
        download("http://127.0.0.1:9/music.zip", tmp_path, private=True)


def test_more_than_anybody_needs_is_not_fetched(shelf, archive, tmp_path, monkeypatch):
    monkeypatch.setattr(downloads, "LARGEST", 2000)
    with pytest.raises(DownloadError, match="Download it yourself and give its path"):
        download(f"{shelf}/big.zip", tmp_path, private=True)


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://127.0.0.1/x", "//x", "https://"])
def test_only_the_web_is_fetched_from(address, tmp_path):
    with pytest.raises(DownloadError):
        download(address, tmp_path)
    assert not (tmp_path / "passwd").exists()


# --- Nothing that only this machine can reach --------------------------------------------------------


def test_this_machine_is_not_asked_unless_that_is_allowed(shelf, archive, tmp_path):
    with pytest.raises(
        CorpusError,
        match=r"127\.0\.0\.1\) is on this machine or its private network.* give its path, or set DOWNLOAD_FROM",
    ):
        read_corpus(f"{shelf}/music.zip")
    with pytest.raises(DownloadError, match=r"localhost .* is on this machine or its private network"):
        download(shelf.replace("127.0.0.1", "localhost") + "/music.zip", tmp_path)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.1.2.3",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1%eth0",
        "fd00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "2002:7f00:1::",
        "64:ff9b::a00:1",
        "64:ff9b::7f00:1",
    ],
)
def test_no_address_of_this_machine_or_its_networks_is_public(address):
    assert not downloads.is_public(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "8.8.8.8", "2606:4700:4700::1111", "64:ff9b::808:808"])
def test_addresses_of_the_internet_are_public(address):
    assert downloads.is_public(address)


def test_one_private_address_among_those_of_a_name_is_enough_to_refuse_it(tmp_path, monkeypatch):
    answers = [(2, 1, 6, "", (address, 80)) for address in ("93.184.215.14", "10.0.0.5")]
    monkeypatch.setattr(downloads.socket, "getaddrinfo", lambda *args, **kwargs: answers)
    with pytest.raises(
        DownloadError, match=r"music\.example \(10\.0\.0\.5\) is on this machine or its private network"
    ):
        download("http://music.example/m.zip", tmp_path)


def test_a_redirect_to_a_private_address_is_refused(shelf, archive, tmp_path, monkeypatch):
    """The first address passes for public; what it leads to is looked at as well."""
    monkeypatch.setattr(downloads, "is_public", lambda address, seen=[]: not seen and not seen.append(address))
    with pytest.raises(DownloadError, match="is on this machine or its private network"):
        download(f"{shelf}/moved", tmp_path)
    assert not (tmp_path / "moved").exists()


@pytest.mark.parametrize("private", [True, False])
def test_a_redirect_leads_to_the_web_or_nowhere(shelf, archive, tmp_path, monkeypatch, private):
    monkeypatch.setattr(downloads, "is_public", lambda address: True)
    with pytest.raises(DownloadError, match="unknown url type: ftp"):
        download(f"{shelf}/moved-to-ftp", tmp_path, private=private)


def test_the_address_that_was_looked_at_is_the_one_that_is_asked(shelf, archive, tmp_path, monkeypatch):
    """A name that answers otherwise the second time gains nothing: it is asked once."""
    port = int(shelf.rpartition(":")[2])
    asked = []
    real = downloads.socket.getaddrinfo

    def getaddrinfo(host, *args, **kwargs):
        asked.append(host)
        return [(2, 1, 6, "", ("127.0.0.1", port))] if host == "music.example" else real(host, *args, **kwargs)

    monkeypatch.setattr(downloads.socket, "getaddrinfo", getaddrinfo)
    monkeypatch.setattr(downloads, "is_public", lambda address: True)
    download(f"http://music.example:{port}/music.zip", tmp_path)
    assert asked.count("music.example") == 1
