"""A corpus made ready for one preset: split by piece, its words found, its pieces as tokens."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from generation.music.corpora.corpora import split
from generation.music.score.notes import Piece
from generation.music.tokens.encodings import FedByHistory
from generation.music.tokens.vocabulary import Vocabulary
from generation.music.training.batches import Tokens, window_starts
from generation.music.training.configuration import Preset
from generation.music.training.runs import RunError


@dataclass(frozen=True, eq=False)
class TrainingData:
    preset: Preset
    vocabulary: Vocabulary
    pieces: list[Piece]  # to learn from
    held_out_pieces: list[Piece]  # to be tested on, never learned from

    def encode(self, piece: Piece) -> np.ndarray:
        return self.preset.encoding.encode(piece, self.vocabulary)

    def training(self, rng: np.random.Generator) -> Tokens:
        """The pieces as tokens for one epoch, each in another key and at another tempo if the preset says so."""
        most, stretch = self.preset.training.transpose, self.preset.training.stretch
        if not (most or stretch):
            return self._replace_rare(self._plain_tokens, rng)
        shifts = rng.integers(-most, most + 1, len(self.pieces)).tolist()
        tempos = rng.uniform(1 - stretch, 1 + stretch, len(self.pieces)).tolist()
        moved = self._tokens(
            _change_tempo(piece.transpose(up), by) for piece, up, by in zip(self.pieces, shifts, tempos, strict=True)
        )
        return self._replace_rare(moved, rng)

    def _replace_rare(self, tokens: Tokens, rng: np.random.Generator) -> Tokens:
        """Some of what occurs once stands for what does not occur: so a network learns how often that is."""
        share, unknown = self.preset.training.unknown, self.vocabulary.unknown
        if not share or unknown is None:
            return tokens
        chosen = self._occur_once[tokens.all] & (rng.random(len(tokens)) < share)
        return tokens.with_tokens(np.where(chosen, unknown, tokens.all))

    @cached_property
    def _occur_once(self) -> np.ndarray:
        return np.bincount(self._plain_tokens.all, minlength=len(self.vocabulary)) == 1

    @cached_property
    def _plain_tokens(self) -> Tokens:
        return self._tokens(self.pieces)

    def occurrences(self) -> np.ndarray:
        """How often each word occurs in the pieces to learn from; the unknown as often as words that occur once, which
        is how often new ones are to be expected (Good 1953). (vocabulary,)"""
        counts = np.bincount(self._plain_tokens.all, minlength=len(self.vocabulary))
        if self.vocabulary.unknown is not None:
            counts[self.vocabulary.unknown] = self._occur_once.sum()
        return counts

    def held_out(self) -> Tokens:
        return self._tokens(self.held_out_pieces)

    def _tokens(self, pieces: Iterable[Piece]) -> Tokens:
        """What of the pieces is learned from: all, unless the encoding chooses; with what is fed instead of tokens."""
        encoding = self.preset.encoding
        if hasattr(encoding, "sequences"):
            sequences = [tokens for piece in pieces for tokens in encoding.sequences(piece, self.vocabulary)]
        else:
            sequences = [self.encode(piece) for piece in pieces]
        if self.preset.network.feed != "history" or not isinstance(encoding, FedByHistory):
            return Tokens(sequences)
        # Kept in a quarter of the memory: what is counted are whole numbers, mostly 0 and 1.
        fed = [rows_fed(encoding, tokens).astype(np.int8) for tokens in sequences]
        return Tokens(sequences, np.concatenate([*fed, np.zeros((0, encoding.inputs), np.int8)]))

    def run_config(self, seed: int, fingerprint: str) -> dict[str, Any]:
        """For a run's config.json: recipe, corpus, seed, and which pieces are on which side, by name and digest."""
        sides = {"training": self.pieces, "held_out": self.held_out_pieces}
        split = {side: [[piece.name, piece.digest()] for piece in pieces] for side, pieces in sides.items()}
        return {"preset": self.preset.to_dict(), "corpus": {"fingerprint": fingerprint} | split, "seed": seed}


def rows_fed(encoding: FedByHistory, tokens: Iterable[int]) -> np.ndarray:
    """What a network is fed after each token of a sequence. (tokens, inputs)"""
    history = encoding.history()
    return np.array([history.read(token) for token in tokens], np.float32).reshape(-1, encoding.inputs)


def _change_tempo(piece: Piece, by: float) -> Piece:
    return piece if by == 1 else replace(piece, tempos=piece.tempos * [1, by])


def prepare(pieces: Iterable[Piece], preset: Preset) -> TrainingData:
    """Split a corpus and find its words; `RunError` where there is too little to learn from."""
    pieces = [piece for piece in pieces if len(piece)]
    if not pieces:
        raise RunError("The corpus has no notes to learn from.")
    preset.check()
    training, held_out = split(pieces, validation=preset.training.validation, seed=preset.training.split)
    data = TrainingData(preset, _vocabulary(training, preset), training, held_out)
    _check_length(data)
    if preset.training.targets == "every" and not len(data.training(np.random.default_rng(0))):
        raise RunError(f"The corpus has no music that {preset.encoding.name} tokens can express.")
    return data


def _vocabulary(pieces: list[Piece], preset: Preset) -> Vocabulary:
    """Of the pieces to learn from alone; transposed ones need the words of all their transpositions."""
    most = preset.training.transpose
    return preset.encoding.fit([piece.transpose(up) for piece in pieces for up in range(-most, most + 1)])


def _check_length(data: TrainingData) -> None:
    config = data.preset.training
    if config.targets == "every":
        return
    for pieces, called in ((data.pieces, "piece"), (data.held_out_pieces, "held-out piece")):
        encoded = [data.encode(piece) for piece in pieces]
        if pieces and not len(window_starts(Tokens(encoded), config)):
            raise RunError(
                f"A window of {config.window} tokens is longer than every {called} (the longest has "
                f"{max(map(len, encoded))}). Set a smaller window or use longer pieces."
            )


def notes_per_word(vocabulary: Vocabulary) -> np.ndarray:
    """How many notes each word names: 3 for C4.E4.G4, 1 for pitch 60, 0 for a bar, a rest or what is unknown."""
    return np.array([_count_notes(word) for word in vocabulary.words])


def _count_notes(word: str) -> int:
    first, _, rest = word.partition(" ")
    if first == "pitch" and rest:
        return 1
    names = first.split(".")
    named = all(name.isdigit() or (name[:1] in "ABCDEFG" and name[-1:].isdigit()) for name in names)
    return len(names) if named else 0
