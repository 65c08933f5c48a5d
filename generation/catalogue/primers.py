"""What clips are to continue, as people type it: notes, a MIDI file, or places in a corpus."""

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from generation.catalogue.errors import CatalogueError
from generation.catalogue.lookup import find_corpus
from generation.music.corpora.corpora import open_corpus
from generation.music.score.excerpts import draw_stretches
from generation.music.score.notes import Piece, read_midi
from generation.music.tokens.melodies import HOLD, notes_from_events
from studies.models import Study

SECONDS = 8.0  # of a place in a corpus: four bars at 120
NUMBERS = re.compile(r"^\[?\s*-?\d+(\s*[,\s]\s*-?\d+)*\s*\]?$")
CORPUS = "corpus:"
HOW = gettext_lazy("Give notes (60,62,64,65), a MIDI file, or corpus:NAME for excerpts of a corpus.")


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
        raise unknown_primer(typed)
    return [read_midi(path)]


def unknown_primer(typed: str) -> CatalogueError:
    return CatalogueError(_('"%(primer)s" is not a primer. %(how)s') % {"primer": typed, "how": HOW})


def _piece_of_numbers(events: list[int]) -> Piece:
    wrong = [event for event in events if not HOLD <= event <= 127]
    if wrong:
        raise CatalogueError(
            _(
                "The primer contains the note %(note)d. MIDI note numbers go from 0 to 127; -1 ends a note and -2 "
                "holds it."
            )
            % {"note": wrong[0]}
        )
    if max(events) < 0:
        raise CatalogueError(_("The primer contains no notes. %(how)s") % {"how": HOW})
    piece = notes_from_events(events)
    return Piece(piece.notes, name=" ".join(map(str, events)))


def _excerpts_of_corpus(study: Study, name: str, clips: int, seed: int) -> Iterator[Piece]:
    pieces = open_corpus(find_corpus(study, name).folder).pieces
    stretches = list(islice(draw_stretches(pieces, seconds=SECONDS, seed=seed), clips))
    if not stretches:
        raise CatalogueError(
            _('No piece in the corpus "%(corpus)s" is as long as %(seconds)s seconds. Choose another corpus.')
            % {"corpus": name, "seconds": f"{SECONDS:g}"}
        )
    for number in range(clips):
        stretch = stretches[number % len(stretches)]
        yield pieces[stretch.place].excerpt(stretch.start, stretch.end)
