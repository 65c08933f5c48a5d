"""The words of an encoding: a word's place is its number."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

UNKNOWN = "unknown"  # what training never saw


@dataclass(frozen=True)
class Vocabulary:
    words: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, word: str) -> bool:
        return word in self._numbers

    def __getitem__(self, word: str) -> int:
        """The token of a word; of one never seen, the token for the unknown (`KeyError` where there is none)."""
        number = self._numbers.get(word, self.unknown)
        if number is None:
            raise KeyError(word)
        return number

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {word: number for number, word in enumerate(self.words)}

    @cached_property
    def unknown(self) -> int | None:
        """The token for what training never saw; None where everything can be said."""
        return self._numbers.get(UNKNOWN)

    def spell(self, tokens: Iterable[int]) -> list[str]:
        return [self.words[token] for token in tokens]

    def tokens(self, words: Iterable[str]) -> np.ndarray:
        return np.array([self[word] for word in words], np.int32)

    def to_json(self) -> str:
        return json.dumps(self.words, indent=0, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "Vocabulary":
        return cls(tuple(json.loads(text)))
