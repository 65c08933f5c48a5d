"""What a sound file says besides its sound: everything that is there before, between and after the audio itself."""

import struct

BIT_RATES = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)


def mp3_fields(data: bytes) -> dict[str, object]:
    """The headers of all frames; how two channels share a frame (the mode extension) is part of the sound."""
    fields: dict[str, object] = {"size": len(data), "beginning": data[:4].hex()}
    headers, at = [], 0
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] & 0xE0 == 0xE0:
        bits = int.from_bytes(data[at : at + 4], "big")
        headers.append(f"{bits & ~0x30:08x}")
        kilobits, padding = BIT_RATES[bits >> 12 & 15], bits >> 9 & 1
        at += 144 * kilobits * 1000 // 44_100 + padding
    fields |= {"frames": len(headers), "headers": " ".join(headers), "behind": data[at:].hex()}
    fields |= {f"says {word}": int(word.encode() in data) for word in ("LAME", "Lavc", "Xing", "Info")}
    return fields


def ogg_fields(data: bytes) -> dict[str, object]:
    """The headers of all pages but their checksums, and the two packets before the sound."""
    fields: dict[str, object] = {"size": len(data)}
    pages, at = [], 0
    while data[at : at + 4] == b"OggS":
        kind, granule, serial, number = struct.unpack_from("<BqII", data, at + 5)
        segments = data[at + 27 : at + 27 + data[at + 26]]
        begin = at + 27 + len(segments)
        at = begin + sum(segments)
        pages.append(f"{kind} {granule} {serial} {number} {segments.hex()}")
        if len(pages) <= 2:
            fields[f"packet {len(pages)}"] = data[begin:at].hex()
    return fields | {"pages": "; ".join(pages), "behind": data[at:].hex()}
