"""Sets of pieces: read from a folder, a zip, POP909, music21 or the web; kept; split by piece.

A piece that cannot be read is named with the reason, and the rest goes on.
"""

import hashlib
import json
import random
import tempfile
from collections.abc import Callable, Generator, Iterable
from dataclasses import astuple, dataclass, field
from functools import cached_property
from itertools import islice
from pathlib import Path, PurePosixPath

import numpy as np

from generation.music.corpora import musicxml, pop909
from generation.music.corpora.archives import Archive, ArchiveError, open_archive
from generation.music.corpora.downloads import DownloadError, download
from generation.music.score.meter import align_to_bars
from generation.music.score.notes import NOTE, MidiError, Piece, Track, read_midi
from studies.errors import EarwitnessError

MIDI = frozenset({".mid", ".midi"})
MUSIC21_SONGS = 100  # when nobody says how many: music21 needs a part of a second to seconds for each
FORMAT = 1
COLUMNS = NOTE.names or ()  # of notes.npz

Progress = Callable[[int, int, str], None]  # done, of how many (0: nobody knows), what


class CorpusError(EarwitnessError):
    """A corpus that cannot be read or kept, in one sentence for a person."""


@dataclass(frozen=True, order=True)
class Refusal:
    """A file that adds no piece to a corpus."""

    name: str
    reason: str = ""  # what is wrong with it, in words that follow its name
    same_as: str = ""  # nothing is wrong with it: the name of the file that has the same notes


@dataclass(frozen=True)
class ReadCorpus:
    pieces: list[Piece]
    refused: list[Refusal] = field(default_factory=list)
    origin: str = ""

    @cached_property
    def fingerprint(self) -> str:
        """The same for the same music, in whatever order it was read."""
        return hashlib.sha256("\n".join(sorted(piece.digest() for piece in self.pieces)).encode()).hexdigest()


def read_corpus(
    origin: str | Path,
    *,
    songs: int | None = None,
    seed: int = 1,
    pedal: bool = False,
    private_networks: bool = False,
    progress: Progress | None = None,
) -> ReadCorpus:
    """The pieces of a folder, a zip, a file, `music21:bach`, `pop909` or a web address.

    With `songs`, so many of them, drawn by `seed`: a damaged one is replaced by the next drawn. An address is one of
    the internet, or with `private_networks` of any network. With `pedal` the notes of MIDI files last as long as the
    sustain pedal holds them: so performances are heard.
    """
    if songs is not None and songs < 1:
        raise CorpusError(f"{songs} songs are not a corpus. Ask for at least one.")
    progress = progress or (lambda done, total, what: None)
    origin = str(origin)
    try:
        if origin.startswith("music21:"):
            return _gather(_music21(origin, songs, seed), origin, songs or MUSIC21_SONGS, progress)
        if origin == "pop909" or "://" in origin:
            return _read_address(origin, songs, seed, pedal, private_networks, progress)
        return _read_path(Path(origin).expanduser(), origin, songs, seed, pedal, progress)
    except (ArchiveError, DownloadError, musicxml.NotationError) as error:
        raise CorpusError(str(error)) from error


@dataclass(frozen=True)
class _Candidates:
    """Names of possible pieces in the order in which they shall be tried, and what each turns out to be."""

    count: int
    read: Generator[tuple[str, list[Piece], str]]  # name, pieces, reason why there are none


def _read_address(
    origin: str, songs: int | None, seed: int, pedal: bool, private: bool, progress: Progress
) -> ReadCorpus:
    with tempfile.TemporaryDirectory() as folder:
        address = pop909.URL if origin == "pop909" else origin
        path = download(
            address, Path(folder), private=private, progress=lambda done, total: progress(done, total, "bytes")
        )
        return _read_path(path, origin, songs, seed, pedal, progress)


def _read_path(path: Path, origin: str, songs: int | None, seed: int, pedal: bool, progress: Progress) -> ReadCorpus:
    archive = open_archive(path, lambda name: _suffix(name) in MIDI | musicxml.SUFFIXES | {".zip", ".txt"})
    try:
        names = pop909.songs(archive.names)
        is_pop909 = bool(names)
        if not is_pop909:
            names = [name for name in archive.names if _suffix(name) != ".txt"]
        if not names:
            raise CorpusError(f"{path} contains no music. Give .mid, .midi or MusicXML files.")
        names = _draw(names, songs, seed)
        read = (_read_pop909 if is_pop909 else _read_files)(archive, names, pedal)
        return _gather(_Candidates(len(names), read), origin, songs, progress)
    finally:
        archive.close()


def _gather(candidates: _Candidates, origin: str, songs: int | None, progress: Progress) -> ReadCorpus:
    pieces: dict[str, Piece] = {}  # by digest
    names: dict[str, str] = {}
    refused: list[Refusal] = []
    total = min(songs or candidates.count, candidates.count)
    for name, new_pieces, reason in candidates.read:
        if reason:
            refused.append(Refusal(name, reason))
        for piece in new_pieces:
            if piece.digest() in pieces:
                refused.append(Refusal(name, same_as=names[piece.digest()]))
            else:
                pieces[piece.digest()], names[piece.digest()] = piece, name
        progress(min(len(pieces), total), total, "songs")
        if songs and len(pieces) >= songs:
            break
    candidates.read.close()
    if not pieces:
        first = refused[0]
        raise CorpusError(f"None of the {len(refused)} files of {origin} could be read. {first.name} {first.reason}")
    return ReadCorpus(sorted(islice(pieces.values(), songs), key=lambda piece: piece.name), sorted(refused), origin)


def _draw(names: Iterable[str], songs: int | None, seed: int) -> list[str]:
    names = sorted(names)
    if songs is not None:
        random.Random(seed).shuffle(names)
    return names


def _suffix(name: str) -> str:
    return "." + name.rpartition(".")[2].lower()


def _read_pop909(archive: Archive, names: list[str], pedal: bool) -> Generator[tuple[str, list[Piece], str]]:
    beats = {name for name in archive.names if name.endswith(pop909.BEATS)}
    for name in names:
        beside = str(PurePosixPath(name).with_name(pop909.BEATS))
        try:
            piece = read_midi(archive.read(name), name=PurePosixPath(name).stem, pedal=pedal)
            piece = pop909.align_to_annotations(piece, archive.read(beside) if beside in beats else None)
        except (ArchiveError, MidiError) as error:
            yield name, [], _reason(error, PurePosixPath(name).stem)
        else:
            yield name, [piece], ""


def _read_files(archive: Archive, names: list[str], pedal: bool) -> Generator[tuple[str, list[Piece], str]]:
    stems = [PurePosixPath(name).stem for name in names]
    telling = len(set(stems)) == len(stems)
    scores = [name for name in names if _suffix(name) in musicxml.SUFFIXES]
    with tempfile.TemporaryDirectory() as folder:
        engraved = _read_scores(archive, scores, Path(folder)) if scores else iter(())
        for name, stem in zip(names, stems, strict=True):
            if _suffix(name) in musicxml.SUFFIXES:
                yield next(engraved)
                continue
            called = stem if telling else str(PurePosixPath(name).with_suffix(""))
            try:
                yield name, [align_to_bars(read_midi(archive.read(name), name=called, pedal=pedal))], ""
            except (ArchiveError, MidiError) as error:
                yield name, [], _reason(error, called)


def _read_scores(archive: Archive, names: list[str], folder: Path) -> Generator[tuple[str, list[Piece], str]]:
    """Scores through files of our own naming, since music21 reads files and a name in a zip is no path."""
    paths, unread = {}, {}
    for number, name in enumerate(names):
        path = folder / str(number) / f"{PurePosixPath(name).stem[:80] or 'score'}{_suffix(name)}"
        path.parent.mkdir()
        try:
            path.write_bytes(archive.read(name))
        except (ArchiveError, OSError) as error:
            unread[name] = str(error)
        else:
            paths[name] = path
    read = musicxml.read_scores(paths.values())
    for name in names:
        yield (name, [], unread[name]) if name in unread else (name, *next(read))


def _reason(error: Exception, called: str) -> str:
    """The sentence without its subject, which the list names already."""
    return str(error).removeprefix(called).strip()


def _music21(origin: str, songs: int | None, seed: int) -> _Candidates:
    composer = origin.removeprefix("music21:")
    paths = musicxml.corpus_paths(composer) if composer in musicxml.composers() else []
    if not paths:
        known = ", ".join(f"music21:{name}" for name in musicxml.composers())
        raise CorpusError(f"music21 has no corpus '{composer}'. Choose one of: {known}.")
    by_name = {path.name: path for path in paths}
    names = _draw(by_name, songs or MUSIC21_SONGS, seed)

    def read() -> Generator[tuple[str, list[Piece], str]]:
        # A few at a time, so that no more are read than asked for.
        wanted = songs or MUSIC21_SONGS
        for begin in range(0, len(names), wanted):
            some = names[begin : begin + wanted]
            for name, (pieces, reason) in zip(some, musicxml.read_scores(by_name[name] for name in some), strict=True):
                yield name, pieces, reason

    return _Candidates(len(names), read())


def save_corpus(corpus: ReadCorpus, folder: Path) -> None:
    """Into `corpus.json` and `notes.npz`, whole or not at all; what was in the folder before is replaced."""
    folder = Path(folder)
    about = {
        "format": FORMAT,
        "origin": corpus.origin,
        "fingerprint": corpus.fingerprint,
        "refused": [astuple(refusal) for refusal in corpus.refused],
        "pieces": [
            {
                "name": piece.name,
                "notes": len(piece),
                "tracks": [[track.name, track.program, track.is_drum] for track in piece.tracks],
                "tempos": piece.tempos.tolist(),
                "meters": piece.meters.tolist(),
            }
            for piece in corpus.pieces
        ],
    }
    notes = np.concatenate([np.zeros(0, NOTE), *(piece.notes for piece in corpus.pieces)])
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as beside:
            new = Path(beside) / "new"
            new.mkdir()
            columns = {column: notes[column] for column in COLUMNS}
            np.savez_compressed(new / "notes.npz", allow_pickle=False, **columns)
            (new / "corpus.json").write_text(json.dumps(about, ensure_ascii=False, indent=1))
            if folder.exists():
                folder.rename(Path(beside) / "old")
            new.rename(folder)
    except OSError as error:
        raise CorpusError(f"The corpus could not be saved in {folder}: {error.strerror or error}.") from error


def open_corpus(folder: Path) -> ReadCorpus:
    folder = Path(folder)
    try:
        about = json.loads((folder / "corpus.json").read_text())
        if about["format"] != FORMAT:
            raise CorpusError(f"{folder} was written by another version of Earwitness. Import the corpus again.")
        with np.load(folder / "notes.npz", allow_pickle=False) as columns:
            notes = np.zeros(len(columns["start"]), NOTE)
            for column in COLUMNS:
                notes[column] = columns[column]
        ends = np.cumsum([piece["notes"] for piece in about["pieces"]]).tolist()
        pieces = [
            Piece(
                notes[end - piece["notes"] : end],
                tuple(Track(*track) for track in piece["tracks"]),
                np.array(piece["tempos"], float),
                np.array(piece["meters"], float),
                piece["name"],
            )
            for piece, end in zip(about["pieces"], ends, strict=True)
        ]
        corpus = ReadCorpus(pieces, [Refusal(*entry) for entry in about["refused"]], about["origin"])
    except (OSError, ValueError, KeyError, TypeError, EOFError) as error:
        raise CorpusError(f"{folder} is not a complete corpus. Import it again.") from error
    if corpus.fingerprint != about["fingerprint"]:
        raise CorpusError(f"The corpus in {folder} was changed after it was imported. Import it again.")
    return corpus


def split(pieces: list[Piece], *, validation: float = 0.1, seed: int) -> tuple[list[Piece], list[Piece]]:
    """Pieces to learn from and pieces to be tested on, a song never in both: at least one for each, from two on."""
    held_out = min(max(round(len(pieces) * validation), 1), len(pieces) - 1) if validation else 0
    chosen = set(random.Random(seed).sample(range(len(pieces)), held_out))
    training = [piece for number, piece in enumerate(pieces) if number not in chosen]
    return training, [pieces[number] for number in sorted(chosen)]
