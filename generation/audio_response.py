"""Sending a clip's audio, whole or in ranges, so that nothing about it is told but its sound.

Safari plays nothing without ranges; all browsers need them to jump. No ETag, no Last-Modified, no file name: two
clips differ in their bytes and in nothing else.
"""

import re
from pathlib import PurePath

from django.db.models.fields.files import FieldFile
from django.http import HttpResponse

from generation.models import Clip

CONTENT_TYPES = {"mp3": "audio/mpeg", "opus": "audio/ogg; codecs=opus", "flac": "audio/flac"}


class RangeError(Exception):
    """A range that lies outside the file."""


def byte_range(header: str, size: int) -> tuple[int, int] | None:
    """First and last byte that a Range header asks for; None for the whole file.

    Several ranges, other units and what is no range at all are answered with the whole file, as RFC 9110 allows.
    RangeError where the range lies outside.
    """
    match = re.fullmatch(r"bytes=\s*(\d{0,18})-(\d{0,18})\s*", header)
    if not match or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:  # the last so many bytes
        if int(last) == 0:
            raise RangeError
        return max(0, size - int(last)), size - 1
    if last and int(last) < int(first):
        return None
    if int(first) >= size:
        raise RangeError
    return int(first), min(int(last), size - 1) if last else size - 1


def sound_response(audio: FieldFile, range_header: str) -> HttpResponse:
    size = audio.size
    try:
        asked_range = byte_range(range_header, size)
    except RangeError:
        response = HttpResponse(status=416)
        response["Content-Range"] = f"bytes */{size}"
        return response
    first, last = asked_range or (0, size - 1)
    with audio.open("rb") as file:
        file.seek(first)
        response = HttpResponse(file.read(last - first + 1), content_type=CONTENT_TYPES[suffix(audio)])
    if asked_range:
        response.status_code = 206
        response["Content-Range"] = f"bytes {first}-{last}/{size}"
    response["Accept-Ranges"] = "bytes"
    # The next clip is fetched while the present one is rated: the browser may keep it, no one in between.
    response["Cache-Control"] = "private, max-age=7200"
    return response


def encodings_of(clip: Clip) -> list[tuple[str, str]]:
    """The encodings that a page offers, as (suffix, content type), the one to be preferred first."""
    return [(name, CONTENT_TYPES[name]) for name in ("mp3", "opus") if getattr(clip, name)]


def suffix(audio: FieldFile) -> str:
    return PurePath(audio.name).suffix.lstrip(".").lower()
