"""A file from the web, in full and as announced, or a plain sentence."""

import hashlib
import http.client
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path

LARGEST = 2_000_000_000  # bytes
PATIENCE = 30  # seconds without a byte
_BLOCK = 1 << 18


class DownloadError(Exception):
    """What did not come, in one sentence for a person."""


def download(url: str, folder: Path, *, progress: Callable[[int, int], None] | None = None) -> Path:
    """The file behind an address, in `folder`, by its own name.

    `#sha256=...` at the end of the address is the checksum that the file must have. `progress` hears the bytes that
    have come and how many there will be (0 while nobody knows).
    """
    address, _, fragment = url.partition("#")
    wanted = fragment.removeprefix("sha256=").lower() if fragment.startswith("sha256=") else ""
    if fragment and (len(wanted) != 64 or set(wanted) - set("0123456789abcdef")):
        raise DownloadError(
            f"'#{fragment}' is no checksum; write the address as ADDRESS#sha256=<64 hexadecimal digits>."
        )
    path = folder / (Path(urllib.parse.urlsplit(address).path).name or "download")
    try:
        # Only what was asked for: urllib would open file:// as well.
        if urllib.parse.urlsplit(address).scheme not in ("http", "https"):
            raise DownloadError(f"{url} is no address we can fetch; it should begin with https://.")
        request = urllib.request.Request(address, headers={"User-Agent": "earwitness"})  # noqa: S310
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310
            digest = _keep(answer, path, address, progress)
    except urllib.error.HTTPError as error:
        raise DownloadError(f"{address} answered {error.code} ({error.reason}); is the address right?") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        raise DownloadError(f"{address} cannot be fetched ({reason}); is this machine online?") from error
    if wanted and digest != wanted:
        raise DownloadError(f"{address} is not the file that was expected: its SHA-256 is {digest}, not {wanted}.")
    return path


def _keep(answer: http.client.HTTPResponse, path: Path, address: str, progress: Callable | None) -> str:
    announced = int(answer.headers.get("Content-Length") or 0)
    digest = hashlib.sha256()
    got = 0
    with path.open("wb") as file:
        while block := answer.read(_BLOCK):
            got += len(block)
            if max(got, announced) > LARGEST:
                raise DownloadError(
                    f"{address} has more than {LARGEST // 10**9} GB; fetch it yourself and give its path."
                )
            digest.update(block)
            file.write(block)
            if progress:
                progress(got, announced)
    if got < announced:
        raise DownloadError(f"{address} broke off after {got:,} of {announced:,} bytes; try again.")
    return digest.hexdigest()
