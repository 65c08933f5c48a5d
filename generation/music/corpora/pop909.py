"""How the POP909 archive is laid out: 909 folders, in each a song, other versions of it, and annotations.

POP909/002/002.mid  beat_midi.txt  beat_audio.txt  chord_midi.txt  chord_audio.txt  key_audio.txt  versions/...
"""

import re
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

import numpy as np

from generation.music.score.meter import align_to_annotated_bars, align_to_bars
from generation.music.score.notes import Piece

URL = "https://github.com/music-x-lab/POP909-Dataset/archive/refs/heads/master.zip"
BEATS = "beat_midi.txt"  # a line for each beat: seconds, 1 where a bar of two beats (or three) begins, of four (or six)

_SONG = re.compile(r"(?:^|/)(\d{3})/\1\.mid$")


def songs(names: Iterable[str]) -> list[str]:
    """Of the files of a folder or archive the songs, if it is laid out like POP909; its `versions/` are none."""
    return [name for name in names if _SONG.search(name)]


def align_to_annotations(piece: Piece, beats: bytes | None) -> Piece:
    """The song with its bars where `beat_midi.txt` has them: its own meter counts every beat as a bar, mostly, and
    its beats do not begin at zero."""
    words = (beats or b"").split()
    small = [number for number, mark in enumerate(words[1::3]) if mark == b"1.0"]
    large = [number for number, mark in enumerate(words[2::3]) if mark == b"1.0"]
    gaps = Counter(after - before for before, after in pairwise(small))
    in_three = gaps[3] > gaps[2]
    try:
        seconds = np.array([float(words[3 * number]) for number in (small if in_three else large)])
    except ValueError:
        return align_to_bars(piece)
    return align_to_annotated_bars(piece, seconds)
