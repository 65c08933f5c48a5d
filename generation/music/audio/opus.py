"""Opus in an Ogg file at a truly constant bit rate (RFC 6716, RFC 7845).

libsndfile writes Opus at a variable rate only: a piano piece with rests makes a smaller file than one without, and the
size would tell. The encoder itself has a constant mode; it is asked directly, and its packets are put into pages here.
"""

import ctypes
import struct
import zlib
from functools import cache

import numpy as np

from generation.music.audio.policy import RenderingError

RATE = 48_000  # Opus knows no 44.1 kHz
FRAME = 960  # samples, 20 ms
COMPLEXITY = 5  # of 10: what the rest would cost in time helps speech and low bit rates
PACKETS_IN_PAGE = 50  # a second: a player that jumps looks for a page

LIBRARIES = (
    "libopus.so.0",
    "libopus.0.dylib",
    "/opt/homebrew/lib/libopus.0.dylib",
    "/usr/local/lib/libopus.0.dylib",
    "opus.dll",
)
NO_OPUS = "The Opus encoder is not installed: sudo apt-get install libopus0 (on a Mac: brew install opus)."

# opus_defines.h
APPLICATION_AUDIO = 2049
SET_BITRATE, SET_VBR, SET_COMPLEXITY, GET_LOOKAHEAD = 4002, 4006, 4010, 4027


@cache
def find_libopus() -> ctypes.CDLL | None:
    """The system's libopus: FluidSynth needs it too (through libsndfile), so it is there where we can render."""
    for name in LIBRARIES:
        try:
            library = ctypes.CDLL(name)
        except OSError:
            continue
        library.opus_encoder_create.restype = ctypes.c_void_p
        return library
    return None


def encode(sound: np.ndarray, kilobits: int) -> bytes:
    """An Ogg Opus file of (samples, 2) float32 at 48 kHz: sounds of one length make files of one size."""
    packets, lookahead = _packets(sound, kilobits)
    head = struct.pack("<8sBBHIhB", b"OpusHead", 1, 2, lookahead, 44_100, 0, 0)
    tags = struct.pack("<8sII", b"OpusTags", 0, 0)  # no vendor, no comments
    pages = [_page([head], number=0, position=0, flags=FIRST), _page([tags], number=1, position=0)]
    for first in range(0, len(packets), PACKETS_IN_PAGE):
        group = packets[first : first + PACKETS_IN_PAGE]
        is_last = first + PACKETS_IN_PAGE >= len(packets)
        position = lookahead + len(sound) if is_last else (first + len(group)) * FRAME
        pages.append(_page(group, number=len(pages), position=position, flags=LAST if is_last else 0))
    return b"".join(pages)


def _packets(sound: np.ndarray, kilobits: int) -> tuple[list[bytes], int]:
    """The sound as packets of equal size, and how many samples the decoder is to drop at the beginning."""
    library = find_libopus()
    if library is None:
        raise RenderingError(NO_OPUS)
    error, lookahead = ctypes.c_int(), ctypes.c_int()
    encoder = ctypes.c_void_p(library.opus_encoder_create(RATE, 2, APPLICATION_AUDIO, ctypes.byref(error)))
    if error.value:
        raise RenderingError(f"The Opus encoder could not be started (error {error.value}).")
    try:
        for request, value in ((SET_BITRATE, kilobits * 1000), (SET_VBR, 0), (SET_COMPLEXITY, COMPLEXITY)):
            library.opus_encoder_ctl(encoder, request, ctypes.c_int(value))
        library.opus_encoder_ctl(encoder, GET_LOOKAHEAD, ctypes.byref(lookahead))
        count = -(-(len(sound) + lookahead.value) // FRAME)
        padded = np.zeros((count * FRAME, 2), np.float32)
        padded[: len(sound)] = sound
        buffer = ctypes.create_string_buffer(4000)  # bytes, more than any packet has
        packets = []
        for frame in padded.reshape(count, FRAME * 2):
            size = library.opus_encode_float(encoder, frame.ctypes.data_as(ctypes.c_void_p), FRAME, buffer, len(buffer))
            if size < 0:
                raise RenderingError(f"The Opus encoder refused the sound (error {size}).")
            packets.append(buffer.raw[:size])
    finally:
        library.opus_encoder_destroy(encoder)
    return packets, lookahead.value


# --- Ogg (RFC 3533) ----------------------------------------------------------------------------------

FIRST, LAST = 2, 4
SERIAL = 1  # of the stream; a random one is usual and would differ from file to file
MIRRORED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def _page(packets: list[bytes], *, number: int, position: int, flags: int = 0) -> bytes:
    sizes = b"".join(bytes([255] * (len(packet) // 255) + [len(packet) % 255]) for packet in packets)
    header = struct.pack("<4sBBqIII", b"OggS", 0, flags, position, SERIAL, number, 0) + bytes([len(sizes)])
    page = header + sizes + b"".join(packets)
    return page[:22] + struct.pack("<I", _checksum(page)) + page[26:]


def _checksum(data: bytes) -> int:
    """Ogg's CRC-32. It has zlib's polynomial, but takes the bits of a byte from the other end and starts at zero."""
    mirrored = zlib.crc32(data.translate(MIRRORED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{mirrored:032b}"[::-1], 2)
