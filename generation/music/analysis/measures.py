"""What can be measured on the notes of a piece. Shown beside ratings, never instead of them.

The definitions are muspy's (Dong et al., 2020), so that numbers can be compared with the literature; where muspy counts
ticks we integrate over time, which is the same for notes that lie on ticks. Drums are left out, but for rhythm.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from generation.music.score.notes import Piece

RESOLUTION = 12  # steps of a beat, for rhythm: sixteenths and triplets are whole
_SCALES = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10)}  # natural minor


def _pitches(piece: Piece) -> np.ndarray:
    return piece.without_drums().notes["pitch"]


def pitches_used(piece: Piece) -> float:
    """How many different pitches occur."""
    return float(len(np.unique(_pitches(piece))))


def pitch_classes_used(piece: Piece) -> float:
    """How many of the twelve pitch classes occur."""
    return float(len(np.unique(_pitches(piece) % 12)))


def pitch_range(piece: Piece) -> float:
    """Semitones from the lowest to the highest pitch; 0 without notes."""
    pitches = _pitches(piece)
    return float(np.ptp(pitches)) if len(pitches) else 0.0


def _entropy(counts: np.ndarray) -> float:
    shares = counts[counts > 0] / counts.sum() if counts.sum() else np.array([np.nan])
    return float(-(shares * np.log2(shares)).sum()) + 0.0  # no -0.0


def pitch_entropy(piece: Piece) -> float:
    """Shannon entropy of the pitches, in bits: 0 for one pitch, 7 at most. NaN without notes."""
    return _entropy(np.bincount(_pitches(piece), minlength=128))


def pitch_class_entropy(piece: Piece) -> float:
    """Shannon entropy of the pitch classes, in bits: 0 for one, log2(12) = 3.58 when all are equally frequent.

    After Wu and Yang, The Jazz Transformer on the Front Line (2020). NaN without notes.
    """
    return _entropy(np.bincount(_pitches(piece) % 12, minlength=12))


def scale_consistency(piece: Piece) -> float:
    """The largest share of notes that fit one major or natural minor scale, 0 to 1. NaN without notes.

    After Mogren, C-RNN-GAN (2016).
    """
    counts = np.bincount(_pitches(piece) % 12, minlength=12)
    if not counts.sum():
        return float("nan")
    fitting = [counts[(np.array(scale) + root) % 12].sum() for scale in _SCALES.values() for root in range(12)]
    return float(max(fitting) / counts.sum())


def _sounding(piece: Piece) -> tuple[np.ndarray, np.ndarray]:
    """How long (beats) how many different pitches sound, from zero to the end of the last note of any track.

    Returns
    -------
    Lengths of the stretches between changes, and the number of pitches in each; a pitch doubled counts once.
    """
    notes = piece.without_drums().notes
    starts, ends, pitches = notes["start"], notes["start"] + notes["duration"], notes["pitch"]
    order = np.lexsort((starts, pitches))
    starts, ends, pitches = starts[order], ends[order], pitches[order]
    # Notes of one pitch that overlap are one: each begins where the latest end before it lies, if that is later.
    apart = pitches * (piece.beats + 1)  # so that one pitch never reaches into the next
    reach = np.maximum.accumulate(ends + apart) - apart
    same = np.append(False, np.diff(pitches) == 0)[: len(pitches)]
    starts = np.where(same, np.maximum(starts, np.append(0.0, reach)[: len(starts)]), starts)
    ends = np.maximum(ends, starts)
    times = np.concatenate([starts, ends, [0.0, piece.beats]])
    steps = np.concatenate([np.ones(len(starts)), -np.ones(len(ends)), [0, 0]])
    order = np.argsort(times, kind="stable")
    return np.diff(times[order]), np.cumsum(steps[order])[:-1]


def polyphony(piece: Piece) -> float:
    """How many different pitches sound at a time, on average over the time in which any does. NaN without notes."""
    lengths, sounding = _sounding(piece)
    time = lengths[sounding > 0.5].sum()
    return float((lengths * sounding).sum() / time) if time > 0 else float("nan")


def polyphony_rate(piece: Piece, threshold: int = 2) -> float:
    """The share of time in which more than `threshold` pitches sound, 0 to 1. NaN for a piece of no length.

    More than two, as muspy has it (its text says "multiple"): three or more. After Dong et al., MuseGAN (2018).
    """
    lengths, sounding = _sounding(piece)
    return float(lengths[sounding > threshold + 0.5].sum() / lengths.sum()) if lengths.sum() > 0 else float("nan")


def usual_bar(piece: Piece) -> float:
    """The length in beats of the bars in which most of the piece stands."""
    ends = np.append(piece.meters[1:, 0], max(piece.beats, piece.meters[-1, 0] + 1e-6))
    bars = 4 * piece.meters[:, 1] / piece.meters[:, 2]
    kinds, which = np.unique(bars, return_inverse=True)
    return float(kinds[np.bincount(which, ends - piece.meters[:, 0]).argmax()])


def _empty_rate(piece: Piece, length: float) -> float:
    if not len(piece):
        return float("nan")
    count = int(_steps(piece.beats, length)) + 1
    first, last = _steps(piece.notes["start"], length), _steps(piece.ends, length)
    changes = np.bincount(first, minlength=count + 1)[: count + 1] - np.bincount(last + 1, minlength=count + 1)
    return float((np.cumsum(changes[:count]) == 0).sum() / count)


def _steps(beats: float | np.ndarray, length: float) -> np.ndarray:
    return np.floor(np.asarray(beats) / length + 1e-6).astype(int)  # 1/3 + 2/3 is a whole beat


def empty_beat_rate(piece: Piece) -> float:
    """The share of beats in which nothing sounds, 0 to 1; a note that ends on a beat touches it. NaN without notes.

    After Dong et al., Pypianoroll (2018).
    """
    return _empty_rate(piece, 1.0)


def empty_measure_rate(piece: Piece, bar: float | None = None) -> float:
    """The share of bars in which nothing sounds, 0 to 1; `bar` is their length in beats, the usual one if not given.

    After Dong et al., MuseGAN (2018). NaN without notes.
    """
    return _empty_rate(piece, bar or usual_bar(piece))


def groove_consistency(piece: Piece, bar: float | None = None, *, resolution: int = RESOLUTION) -> float:
    """How alike the onsets of neighbouring bars are: 1 minus the mean share of steps in which just one has an onset.

    After Wu and Yang, The Jazz Transformer on the Front Line (2020). The number depends on the steps of a beat, since
    most are empty: muspy takes the file's ticks (480 or so) and gets near 1 for everything; ours is 12. NaN for a piece
    of less than two bars.
    """
    steps = round((bar or usual_bar(piece)) * resolution)
    bars = int(np.floor(piece.beats * resolution + 1e-6)) // steps + 1
    if bars < 2:
        return float("nan")
    onsets = np.zeros(bars * steps, bool)
    onsets[np.minimum(np.round(piece.notes["start"] * resolution).astype(int), len(onsets) - 1)] = True
    by_bar = onsets.reshape(bars, steps)
    return float(1 - (by_bar[1:] != by_bar[:-1]).sum() / (steps * (bars - 1)))


def note_density(piece: Piece) -> float:
    """Notes a second, from the first note to the end of the last. NaN without notes."""
    if not len(piece):
        return float("nan")
    return len(piece) / max(float(piece.seconds - piece.seconds_at(piece.notes["start"][0])), 1e-9)


def tempo(piece: Piece) -> float:
    """Quarter notes a minute, on average over the piece."""
    return 60 * piece.beats / piece.seconds if piece.seconds else float(piece.tempos[0, 1])


def note_length(piece: Piece) -> float:
    """How long a note sounds on average, in beats. NaN without notes."""
    return float(piece.notes["duration"].mean()) if len(piece) else float("nan")


def onset_interval(piece: Piece) -> float:
    """Beats from one onset to the next, on average; notes that start together are one onset. NaN for less than two."""
    onsets = np.unique(np.round(piece.notes["start"] * RESOLUTION))
    return float(np.diff(onsets).mean() / RESOLUTION) if len(onsets) > 1 else float("nan")


def pitch_interval(piece: Piece) -> float:
    """Semitones from one note of the skyline to the next, up or down, on average. NaN for less than two notes."""
    pitches = piece.skyline().notes["pitch"]
    return float(np.abs(np.diff(pitches)).mean()) if len(pitches) > 1 else float("nan")


def loudness_spread(piece: Piece) -> float:
    """Standard deviation of the notes' velocities (1 to 127). NaN without notes."""
    return float(piece.notes["velocity"].std()) if len(piece) else float("nan")


@dataclass(frozen=True)
class Measure:
    key: str
    title: str
    unit: str
    of: Callable[[Piece], float]

    @property
    def about(self) -> str:
        """The first sentences of the definition."""
        return " ".join((self.of.__doc__ or "").split("\n\n")[0].split())


MEASURES = tuple(
    Measure(function.__name__, title, unit, function)
    for title, unit, function in (
        ("Pitches used", "", pitches_used),
        ("Pitch classes used", "", pitch_classes_used),
        ("Pitch range", "semitones", pitch_range),
        ("Pitch entropy", "bits", pitch_entropy),
        ("Pitch-class entropy", "bits", pitch_class_entropy),
        ("Scale consistency", "", scale_consistency),
        ("Pitch interval", "semitones", pitch_interval),
        ("Polyphony", "pitches", polyphony),
        ("Polyphony rate", "", polyphony_rate),
        ("Groove consistency", "", groove_consistency),
        ("Empty-beat rate", "", empty_beat_rate),
        ("Empty-measure rate", "", empty_measure_rate),
        ("Note density", "notes/s", note_density),
        ("Note length", "beats", note_length),
        ("Onset interval", "beats", onset_interval),
        ("Tempo", "quarter notes/min", tempo),
        ("Loudness spread", "velocity", loudness_spread),
    )
)


def describe(piece: Piece) -> dict[str, float]:
    """Every measure of a piece, by its key."""
    return {measure.key: measure.of(piece) for measure in MEASURES}
