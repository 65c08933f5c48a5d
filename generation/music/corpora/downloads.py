"""A file from the web, in full and as announced, or a plain sentence.

Whoever may type an address could otherwise have this machine ask what only it can reach: itself, the network behind it,
the address where a cloud keeps its keys. So every address that a name stands for is looked at, after each redirect
anew, and the one that was looked at is the one that is asked.
"""

import hashlib
import http.client
import ipaddress
import socket
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from studies.errors import EarwitnessError

LARGEST = 2_000_000_000  # bytes
PATIENCE = 30  # seconds without a byte
_BLOCK = 1 << 18


class DownloadError(EarwitnessError):
    """What did not come, in one sentence for a person."""


def download(
    url: str, folder: Path, *, private: bool = False, progress: Callable[[int, int], None] | None = None
) -> Path:
    """The file behind an address, in `folder`, by its own name.

    With `private`, it may come from this machine and from networks that are not the internet.

    `#sha256=...` at the end of the address is the checksum that the file must have. `progress` hears the bytes that
    have come and how many there will be (0 while nobody knows).
    """
    address, _, fragment = url.partition("#")
    wanted = fragment.removeprefix("sha256=").lower() if fragment.startswith("sha256=") else ""
    if fragment and (len(wanted) != 64 or set(wanted) - set("0123456789abcdef")):
        raise DownloadError(
            f"'#{fragment}' is not a checksum. Write the address as ADDRESS#sha256=<64 hexadecimal digits>."
        )
    path = folder / (Path(urllib.parse.urlsplit(address).path).name or "download")
    try:
        # Only what was asked for: urllib would open file:// as well.
        if urllib.parse.urlsplit(address).scheme not in ("http", "https"):
            raise DownloadError(f"{url} cannot be downloaded. Give an address that begins with https://.")
        request = urllib.request.Request(address, headers={"User-Agent": "earwitness"})  # noqa: S310
        with _opener(private).open(request, timeout=PATIENCE) as answer:
            digest = _keep(answer, path, address, progress)
    except urllib.error.HTTPError as error:
        raise DownloadError(f"{address} answered {error.code} ({error.reason}). Check the address.") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        raise DownloadError(
            f"{address} could not be downloaded ({reason}). Check that this machine is online."
        ) from error
    if wanted and digest != wanted:
        raise DownloadError(f"{address} is not the expected file: its SHA-256 is {digest}, not {wanted}.")
    return path


def _keep(
    answer: http.client.HTTPResponse, path: Path, address: str, progress: Callable[[int, int], None] | None
) -> str:
    announced = int(answer.headers.get("Content-Length") or 0)
    digest = hashlib.sha256()
    got = 0
    with path.open("wb") as file:
        while block := answer.read(_BLOCK):
            got += len(block)
            if max(got, announced) > LARGEST:
                raise DownloadError(
                    f"{address} has more than {LARGEST // 10**9} GB. Download it yourself and give its path."
                )
            digest.update(block)
            file.write(block)
            if progress:
                progress(got, announced)
    if got < announced:
        raise DownloadError(f"{address} broke off after {got:,} of {announced:,} bytes. Try again.")
    return digest.hexdigest()


# --- Only the internet -------------------------------------------------------------------------------


def _opener(private: bool) -> urllib.request.OpenerDirector:
    """For the web alone: what urllib brings by itself would follow a redirect to ftp:// as well."""
    http, https = (urllib.request.HTTPHandler, urllib.request.HTTPSHandler) if private else (_PublicHttp, _PublicHttps)
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler,
        urllib.request.UnknownHandler,
        urllib.request.HTTPDefaultErrorHandler,
        urllib.request.HTTPRedirectHandler,
        urllib.request.HTTPErrorProcessor,
        http,
        https,
    ):
        opener.add_handler(handler())
    return opener


def is_public(address: str) -> bool:
    """Whether an IP address is one of the internet: no loopback, no private or local network, nothing reserved."""
    outer = ipaddress.ip_address(address.partition("%")[0])
    inner = [
        getattr(outer, "ipv4_mapped", None),
        getattr(outer, "sixtofour", None),
        *(getattr(outer, "teredo", None) or ()),
        _address_behind_gateway(outer),
    ]
    return all(part.is_global and not part.is_multicast for part in (outer, *filter(None, inner)))


def _address_behind_gateway(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """What a gateway makes of 64:ff9b::10.0.0.1 (RFC 6052)."""
    if address.version == 6 and address in ipaddress.ip_network("64:ff9b::/96"):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None


def _public_connection(address: tuple[str, int], timeout: float, source_address: Any = None) -> socket.socket:
    """As `socket.create_connection`, to an address that was looked at: a name asked twice may answer otherwise."""
    host, port = address
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    numbers = list(dict.fromkeys(str(answer[4][0]) for answer in answers))
    hidden = [number for number in numbers if not is_public(number)]
    if hidden:
        raise DownloadError(
            f"{host} ({hidden[0]}) is on this machine or its private network, from which nothing is downloaded. "
            "Download the file yourself and give its path, or set DOWNLOAD_FROM_PRIVATE_NETWORKS=1."
        )
    for attempt, number in enumerate(numbers, 1):
        try:
            return socket.create_connection((number, port), timeout, source_address)
        except OSError:
            if attempt == len(numbers):
                raise
    raise OSError(f"{host} has no address")


class _PublicConnection(http.client.HTTPConnection):
    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self._create_connection = _public_connection


class _PublicSecureConnection(http.client.HTTPSConnection):
    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self._create_connection = _public_connection


class _PublicHttp(urllib.request.HTTPHandler):
    def http_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        # Where there is a proxy, it is the one who asks; it was set by whoever runs this machine.
        return self.do_open(http.client.HTTPConnection if _uses_proxy(request) else _PublicConnection, request)


class _PublicHttps(urllib.request.HTTPSHandler):
    def https_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        connection = http.client.HTTPSConnection if _uses_proxy(request) else _PublicSecureConnection
        return self.do_open(connection, request, context=self._context)  # type: ignore[attr-defined]  # the standard library's own


def _uses_proxy(request: urllib.request.Request) -> bool:
    return request.has_proxy() or bool(request._tunnel_host)  # type: ignore[attr-defined]  # the standard library's own
