"""What clips are to continue, as people type it: notes, a MIDI file, or places in a corpus."""

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from generation.catalogue.errors import CatalogueError
from generation.catalogue.lookup import find_corpus
from generation.music.corpora.corpora import open_corpus
from generation.music.score.excerpts import drawn
from generation.music.score.notes import Piece, read_midi
from generation.music.tokens.melodies import HOLD, notes_from_events
from studies.models import Study

SECONDS = 8.0  # of a place in a corpus: four bars at 120
NUMBERS = re.compile(r"^\[?\s*-?\d+(\s*[,\s]\s*-?\d+)*\s*\]?$")
CORPUS = "corpus:"
HOW = "give notes (60,62,64,65), a MIDI file, or corpus:NAME for places in a corpus"


def primers_of(study: Study, typed: str, *, clips: int, seed: int) -> list[Piece]:
    """The pieces that clips continue, one for all or one for each.

    Notes are MIDI numbers, a sixteenth each, as Magenta writes them: -2 goes on with the note before, -1 ends it. A
    corpus gives each clip a place of its own, drawn by the seed, from a bar line.
    """
    typed = typed.strip()
    if NUMBERS.match(typed):
        return [_piece_of_numbers([int(number) for number in re.findall(r"-?\d+", typed)])]
    if typed.startswith(CORPUS):
        return list(_excerpts_of_corpus(study, typed.removeprefix(CORPUS), clips, seed))
    path = Path(typed).expanduser()
    if not path.is_file():
        raise CatalogueError(f'The primer "{typed}" is none; {HOW}.')
    return [read_midi(path)]


def _piece_of_numbers(events: list[int]) -> Piece:
    wrong = [event for event in events if not HOLD <= event <= 127]
    if wrong:
        raise CatalogueError(f"The primer has the note {wrong[0]}; MIDI numbers go from 0 to 127, -1 ends a note.")
    if max(events) < 0:
        raise CatalogueError(f"The primer has no note; {HOW}.")
    piece = notes_from_events(events)
    return Piece(piece.notes, name=" ".join(map(str, events)))


def _excerpts_of_corpus(study: Study, name: str, clips: int, seed: int) -> Iterator[Piece]:
    pieces = open_corpus(find_corpus(study, name).folder).pieces
    found = list(islice(drawn(pieces, seconds=SECONDS, seed=seed), clips))
    if not found:
        raise CatalogueError(f'No piece of the corpus "{name}" lasts {SECONDS:g} seconds; take another corpus.')
    for number in range(clips):
        stretch = found[number % len(found)]
        yield pieces[stretch.place].excerpt(stretch.start, stretch.end)
