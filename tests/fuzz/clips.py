"""Altered MIDI files, recordings and zips: each is read, or refused in a sentence, within seconds.

What is damaged may bring a library down, so `python -m tests.fuzz` has each kind read in a process of its own.
"""

import io
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path

import lameenc
import numpy as np
import soundfile

from generation.catalogue.clip_import import new_clip
from generation.music.audio import opus
from generation.music.audio.policy import RATE, RenderingError, RenderingPolicy
from generation.music.audio.rendering import Job, render_many
from generation.music.corpora.archives import ArchiveError, open_archive
from generation.music.score.notes import MidiError, Note, Piece, Track, write_midi
from tests.fuzz.alterations import altered

SLOWEST = 10.0  # seconds
LONGEST_SENTENCE = 300
HEAD = 128  # bytes: where most is said about the rest
SHORT = RenderingPolicy(seconds=2)
REFUSALS = (ArchiveError, MidiError, RenderingError)


def read_altered(kind: str, count: int, seed: int, folder: Path) -> Counter:
    """Read so many altered files of a kind; how many were refused, and how many read all the same."""
    answers = Counter()
    for whole in KINDS[kind]():  # libraries are loaded by the first file that needs them
        assert not _refusal(kind, whole, folder)
    for number, data in enumerate(altered_files(kind, count, seed)):
        began = time.monotonic()
        answers["refused" if _refusal(kind, data, folder) else "read"] += 1
        took = time.monotonic() - began
        assert took < SLOWEST, f"{kind} {number} of seed {seed} took {took:.1f} s"
    return answers


def render_altered(kind: str, count: int, seed: int, folder: Path) -> Counter:
    """Have so many altered files made audible, of those that can be read as long as there are any."""
    files = list(altered_files(kind, 20 * count, seed))
    files.sort(key=lambda data: bool(_refusal(kind, data, folder)))  # the others keep their order
    media = folder / "media"
    before = set(folder.rglob("*"))
    jobs = [Job(f"{number:03}", data) for number, data in enumerate(files[:count])]
    if kind == "zip":
        jobs = [Job(job.name, _first_in(job.music, folder)) for job in jobs]
    began = time.monotonic()
    made = render_many(jobs, media, policy=SHORT)
    took = time.monotonic() - began
    assert took < SLOWEST * max(count / 10, 1), f"rendering {count} {kind} files took {took:.0f} s"
    assert set(folder.rglob("*")) - before - {media} == {
        file for one in made.renderings for file in (one.master, one.mp3, one.opus)
    }, "there is a file too many, or too few"
    for form in ("mp3", "opus"):
        assert len({getattr(one, form).stat().st_size for one in made.renderings}) <= 1
    assert {one.samples for one in made.renderings} <= {SHORT.samples}
    return Counter(rendered=len(made.renderings), refused=len(made.refused))


def altered_files(kind: str, count: int, seed: int) -> Iterator[bytes]:
    rng = np.random.default_rng([seed, *kind.encode()])
    whole = KINDS[kind]()
    for number in range(count):
        data = whole[number % len(whole)]
        until = len(data) if number // len(whole) % 3 else HEAD
        data = altered(data[:until], rng) + data[until:]
        yield with_checksums(data) if kind == "ogg" and number % 4 else data


def with_checksums(data: bytes) -> bytes:
    """An Ogg file whose pages are said to be whole: their checksums would find most damage, and no decoder see it."""
    data, at = bytearray(data), 0
    while (at := data.find(b"OggS", at)) >= 0:
        segments = data[at + 27 : at + 27 + data[at + 26]] if at + 27 <= len(data) else b""
        end = at + 27 + len(segments) + sum(segments)
        if segments and end <= len(data):
            data[at + 22 : at + 26] = bytes(4)
            data[at + 22 : at + 26] = opus._checksum(bytes(data[at:end])).to_bytes(4, "little")
        at += 4
    return bytes(data)


def _refusal(kind: str, data: bytes, folder: Path) -> str:
    """Why it was not read, or nothing in it; empty where it was."""
    refusals = []
    for name, content in _contents(data, folder) if kind == "zip" else [(f"altered.{kind}", data)]:
        try:
            if isinstance(content, ArchiveError):
                raise content
            new_clip(name, content)
        except REFUSALS as error:
            assert 0 < len(str(error)) < LONGEST_SENTENCE, f"answered at length: {error}"
            refusals.append(str(error))
        else:
            return ""
    return "; ".join(refusals) or "There is nothing in it."


def _contents(data: bytes, folder: Path) -> list[tuple[str, bytes | ArchiveError]]:
    """What is in a zip: of each file its bytes, or why they cannot be had."""
    path = folder / "altered.zip"
    path.write_bytes(data)
    found = []
    try:
        archive = open_archive(path, lambda name: True)
        for name in archive.names:
            try:
                found.append((name, archive.read(name)))
            except ArchiveError as error:
                found.append((name, error))
        archive.close()
    except ArchiveError as error:
        found.append((path.name, error))
    finally:
        path.unlink()
    return found


def _first_in(data: bytes, folder: Path) -> bytes:
    return next((content for _, content in _contents(data, folder) if isinstance(content, bytes)), b"")


def midi_files() -> list[bytes]:
    song = [Note(48 + n * 7 % 30, n / 2, 0.5, track=n % 3) for n in range(60)]
    tracks = (Track("Melody"), Track("Bass", 33), Track("Drums", 0, True))
    long = [Note(60 + n % 12, n / 4, 0.25) for n in range(400)]
    return [
        write_midi(Piece.of(song, tracks=tracks)),
        write_midi(Piece.of(long, tempo=97)),
        write_midi(Piece.of(song[:3])),
    ]


@cache
def _tone(seconds: float = 1.2) -> np.ndarray:
    time = np.arange(round(seconds * RATE)) / RATE
    tone = np.sin(2 * np.pi * 440 * time) * np.hanning(len(time))
    return np.stack([tone, tone / 2], axis=1).astype(np.float32) / 2


def sounds(form: str, *kinds: str, rate: int = RATE) -> list[bytes]:
    found = []
    for kind in kinds:
        file = io.BytesIO()
        soundfile.write(file, _tone(), 48_000 if kind == "OPUS" else rate, format=form, subtype=kind)
        found.append(file.getvalue())
    return found


def mp3_files() -> list[bytes]:
    encoder = lameenc.Encoder()
    encoder.silence()
    encoder.set_bit_rate(128)
    encoder.set_in_sample_rate(RATE)
    encoder.set_channels(2)
    sound = (_tone() * 32_000).astype(np.int16)
    return [bytes(encoder.encode(sound.tobytes()) + encoder.flush())]


def zip_files() -> list[bytes]:
    packed = []
    for packing in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", packing) as archive:
            for number, midi in enumerate(midi_files()):
                archive.writestr(f"folder/song {number}.mid", midi)
            archive.writestr("take.flac", sounds("FLAC", "PCM_16")[0])
        packed.append(file.getvalue())
    return packed


KINDS = {
    "mid": midi_files,
    "zip": zip_files,
    "wav": partial(sounds, "WAV", "PCM_16", "PCM_24", "FLOAT", "ULAW", "IMA_ADPCM"),
    "flac": partial(sounds, "FLAC", "PCM_16", "PCM_24"),
    "ogg": partial(sounds, "OGG", "VORBIS", "OPUS"),
    "mp3": mp3_files,
}
