"""A run and a seed -> pieces. No TensorFlow.

Every clip has a generator of its own, from the seed and its number, and its numbers do not depend on what is composed
beside it: clip 3 is the same whether 4 clips are made or 40, byte for byte on one machine.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from generation.music.inference.sampling import choose
from generation.music.inference.shuffled_notes import shuffle_notes
from generation.music.inference.stepper import BLOCK, Stepper
from generation.music.score.clip_length import SLACK, Length
from generation.music.score.notes import Piece
from generation.music.tokens.encodings import FedByHistory, History
from generation.music.training.baselines import Markov
from generation.music.training.configuration import Preset, SamplingConfig
from generation.music.training.runs import Run, RunError

LOOK_EVERY = 16  # tokens between two looks at how long the clips are
END = "end"  # the word that would end a piece; a clip ends when its time is over
START = "start"

Report = Callable[[int, int], None]  # clips ready, clips in all


@dataclass(frozen=True, eq=False)
class Composition:
    piece: Piece
    provenance: dict[str, Any]  # run, preset, seed, clip, sampling, place in the corpus


@dataclass(frozen=True, eq=False)
class Primer:
    """What a clip starts from, unheard."""

    tokens: Sequence[int]
    origin: dict[str, Any] | None = None  # where in the corpus
    heard: bool = False  # there was nothing to start from: the first token belongs to the clip
    semitones: int = 0  # by which it was moved for the network; the clip is moved back


@dataclass(frozen=True, eq=False)
class ComposedClip:
    piece: Piece
    beats: float  # from bar line to bar line
    origin: dict[str, Any] | None = None  # where in the corpus it started
    complete: bool = True


def compose(
    run: Run,
    *,
    clips: int,
    seconds: float | None = None,
    bars: int | None = None,
    seed: int = 1,
    sampling: SamplingConfig | None = None,
    primer: Piece | Sequence[Piece] | None = None,
    report: Report | None = None,
) -> list[Composition]:
    """Compose clips, many side by side.

    Parameters
    ----------
    seconds, bars : how long, one of the two; a clip ends at a bar line (`clip_length.Length`)
    seed : the same gives the same clips
    sampling : other than the preset's own
    primer : start from this piece, or from these in turn; else from what the sampling says, a place in the corpus or
        nothing

    Returns
    -------
    The clips in order, none picked and none left out. One that never reached its length (a network can lose itself in
    one chord) is as long as it got, and its provenance says so: "complete" is false.
    """
    if (seconds is None) == (bars is None) or not (seconds or bars or 0) > 0:
        raise RunError("Give the length of a clip, either in seconds or in bars.")
    length = Length(seconds, bars)
    sampling = sampling or run.preset.sampling
    if sampling.reread and run.preset.network.feed == "history":
        raise RunError(
            f"The run {run.folder.name} is fed everything before a token and cannot re-read a window. Set reread=no."
        )
    given = [primer] if isinstance(primer, Piece) else list(primer or [])
    composed: list[ComposedClip] = []
    for first in range(0, clips, BLOCK):
        numbers = range(first, min(first + BLOCK, clips))
        if run.preset.network.kind == "shuffled":
            generators = [np.random.default_rng([seed, number]) for number in numbers]
            composed += [ComposedClip(*shuffle_notes(run.weights, length, rng)) for rng in generators]
        else:
            primers = [given[number % len(given)] if given else None for number in numbers]
            composed += _compose_block(run, numbers, length, seed, sampling, primers)
        if report:
            report(len(composed), clips)
    provenance = {"run": run.folder.name, "weights": run.fingerprint, "preset": run.preset.name, "seed": seed}
    provenance |= {"seconds": seconds} if bars is None else {"bars": bars}
    provenance |= {"sampling": asdict(sampling)}
    return [
        Composition(
            replace(clip.piece, name=f"{run.folder.name} {number}"),
            provenance | {"clip": number, "beats": clip.beats, "place": clip.origin, "complete": clip.complete},
        )
        for number, clip in enumerate(composed, start=1)
    ]


def _compose_block(
    run: Run, numbers: range, length: Length, seed: int, sampling: SamplingConfig, given: list[Piece | None]
) -> list[ComposedClip]:
    """Some clips, token by token until all are long enough."""
    generators = [np.random.default_rng([seed, number]) for number in numbers]
    primers = [_primer(run, sampling, primer, rng) for primer, rng in zip(given, generators, strict=True)]
    clips = [list(primer.tokens) for primer in primers]  # read and composed, of each clip
    ready: list[ComposedClip | None] = [None] * len(clips)
    network = build_stepper(run)
    network.start(len(clips))
    feed = Feed(run.preset, len(clips))
    grammar = run.preset.encoding.grammar(run.vocabulary)
    state = grammar.start(len(clips)) if grammar else None
    window = run.preset.training.window
    never = np.array([word in (START, END) for word in run.vocabulary.words])
    longest = max(map(len, clips)) + length.most_tokens
    for position in range(longest):
        tokens = np.array([clip[position] for clip in clips])
        state = grammar.advance(state, tokens) if grammar else None
        composing = [len(clip) == position + 1 for clip in clips]  # the others still read their primer
        if not sampling.reread:
            probabilities = network.step(feed.read(tokens))
        elif any(composing):
            probabilities = _reread(network, [clip[max(0, position + 1 - window) : position + 1] for clip in clips])
        else:
            continue
        allowed = np.broadcast_to(~never, probabilities.shape)
        chosen = choose(
            probabilities,
            generators,
            temperature=sampling.temperature,
            top_k=sampling.top_k,
            top_p=sampling.top_p,
            mask=grammar.allowed_tokens(state) & allowed if grammar else allowed if never.any() else None,
        )
        for clip, token, composed in zip(clips, chosen.tolist(), composing, strict=True):
            if composed:
                clip.append(token)
        if position % LOOK_EVERY == LOOK_EVERY - 1 or position == longest - 1:
            reached = grammar.beats(state) if grammar else None
            for number, clip in enumerate(clips):
                beat = None if reached is None else reached[number]
                ready[number] = ready[number] or _cut(run, clip, primers[number], length, beat)
            if all(ready):
                break
    return [
        clip or _unfinished_clip(run, tokens, primer)
        for clip, tokens, primer in zip(ready, clips, primers, strict=True)
    ]


def build_stepper(run: Run) -> Stepper | Markov:
    """What steps: the columns are always filled to a whole block, so that no clip's numbers depend on the others."""
    if run.preset.network.kind == "markov":
        return Markov(run.weights, len(run.vocabulary))
    return Stepper(run.layers, run.weights, block=BLOCK)


class Feed:
    """What the network reads: tokens, or what the encoding counts from all tokens of a clip so far."""

    def __init__(self, preset: Preset, clips: int):
        self.histories: list[History] = []
        if preset.network.feed == "history" and isinstance(preset.encoding, FedByHistory):
            self.histories = [preset.encoding.history() for _ in range(clips)]

    def read(self, tokens: np.ndarray) -> np.ndarray:
        if not self.histories:
            return tokens
        return np.stack([history.read(token) for history, token in zip(self.histories, tokens.tolist(), strict=True)])


def _reread(network: Stepper | Markov, windows: list[list[int]]) -> np.ndarray:
    """The probabilities after each window; those of one length are read together."""
    by_length: dict[int, list[int]] = {}
    for number, window in enumerate(windows):
        by_length.setdefault(len(window), []).append(number)
    read = {tuple(rows): network.read_windows(np.array([windows[row] for row in rows])) for rows in by_length.values()}
    order = np.concatenate([np.array(rows) for rows in read])
    return np.concatenate(list(read.values()))[np.argsort(order)]


def _primer(run: Run, sampling: SamplingConfig, primer: Piece | None, rng: np.random.Generator) -> Primer:
    vocabulary, points, encoding = run.vocabulary, run.starting_points, run.preset.encoding
    if primer is not None:
        tokens = encoding.encode(primer, vocabulary).tolist()
        if not tokens:
            raise RunError(f"The run {run.folder.name} cannot read anything in {primer.name or 'the primer'}.")
        tokens = tokens[:-1] if vocabulary.words[tokens[-1]] == END else tokens
        semitones = encoding.semitones(primer) if hasattr(encoding, "semitones") else 0
        return Primer(tokens, {"piece": primer.name, "sha256": primer.digest()}, semitones=semitones)
    if sampling.primer == "nothing":
        if START in vocabulary:
            return Primer([vocabulary[START]], semitones=_random_key(rng) if run.preset.in_one_key else 0)
        if hasattr(encoding, "beginning"):
            return Primer(encoding.beginning(rng), heard=True)
        return Primer([int(rng.integers(len(vocabulary)))], heard=True)
    of_side = np.flatnonzero(points["held_out"] == (sampling.primer == "held-out"))
    if not len(of_side):
        raise RunError(f"The run {run.folder.name} has no {sampling.primer} pieces to start from. Set primer=nothing.")
    point = int(rng.choice(of_side))
    begin = int(points["lengths"][:point].sum())
    side = "held_out" if points["held_out"][point] else "training"
    name, digest = run.config["corpus"][side][points["piece"][point]]
    return Primer(
        points["tokens"][begin : begin + points["lengths"][point]].tolist(),
        {"piece": name, "sha256": digest, "side": side, "begin": float(points["begin"][point])},
        semitones=int(points["semitones"][point]) if "semitones" in points else 0,
    )


def _random_key(rng: np.random.Generator) -> int:
    """Where every piece was moved to one key, a clip that begins from nothing is moved to any key."""
    return int(rng.integers(-5, 7))


def _cut(run: Run, clip: list[int], primer: Primer, length: Length, beat: float | None) -> ComposedClip | None:
    """The clip, if the music has come to its end; `beat` is how far it has come where the grammar knows."""
    piece, start = _decode(run, clip, primer, grammar=beat is not None)
    stretch = length.stretch(piece, start)
    if stretch is None:
        return None
    come = float(piece.notes["start"][-1]) if beat is None else beat
    if come < stretch[1] - SLACK:
        return None
    return ComposedClip(piece.excerpt(*stretch), stretch[1] - stretch[0], primer.origin)


def _decode(run: Run, clip: list[int], primer: Primer, *, grammar: bool) -> tuple[Piece, float]:
    """What was composed as notes, and the beat where the clip can begin. Where words have a grammar they are understood
    only with what came before; else the primer is left out."""
    encoding, vocabulary = run.preset.encoding, run.vocabulary
    if grammar:
        before = encoding.decode([] if primer.heard else primer.tokens, vocabulary)
        return encoding.decode(clip, vocabulary).transpose(-primer.semitones), float(before.bar_lines()[-1])
    heard = clip if primer.heard else clip[len(primer.tokens) :]
    return encoding.decode(heard, vocabulary).transpose(-primer.semitones), 0.0


def _unfinished_clip(run: Run, clip: list[int], primer: Primer) -> ComposedClip:
    piece, start = _decode(run, clip, primer, grammar=run.preset.encoding.grammar(run.vocabulary) is not None)
    end = max(piece.beats, start)
    return ComposedClip(piece.excerpt(start, end), end - start, primer.origin, complete=False)
