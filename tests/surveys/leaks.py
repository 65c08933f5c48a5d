"""Does anything that was received tell the source? A permutation test over whatever can be read off a response.

Every field becomes a number or several: a length, a value, whether a word is there, how a name begins and ends. Each
is compared between the sources, the sources of the clips exchanged at random: a source belongs to a clip, however many
people heard it, so what differs from clip to clip by chance is no leak. The largest difference of all fields is held
against the largest that chance gives (Westfall and Young, 1993), so looking at thousands of fields raises no alarm.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

DRAWS = 4_000
FEW = 4  # a word in fewer trials, or lacking in fewer, is of no use to anybody
WORD = re.compile(r"[\w-]+")


@dataclass(frozen=True)
class Verdict:
    p: float  # how often chance gives a field that tells as much
    suspects: list[tuple[str, float]]  # the fields that tell most, by how many standard deviations
    fields: int  # that vary at all


def leaks(
    trials: Sequence[Mapping[str, object]], clips: Sequence[int], sources: Sequence[str], *, seed: int = 1
) -> Verdict:
    """Of each trial its fields by name, its clip and its source."""
    names, columns = _numbers(trials)
    rng = np.random.default_rng(seed)
    clip_names, clip_of = np.unique(clips, return_inverse=True)
    source_of = dict(zip(clips, sources, strict=True))
    labels = np.unique([source_of[clip] for clip in clip_names.tolist()], return_inverse=True)[1]
    sums = np.zeros((len(clip_names), columns.shape[1]))
    np.add.at(sums, clip_of, columns)
    counts = np.bincount(clip_of)
    drawn = np.stack([labels, *(rng.permutation(labels) for _ in range(DRAWS))])
    told = np.sqrt(_between(drawn, sums, counts))  # (1 + draws, fields)
    spread = told.std(axis=0)
    scores = (told - told.mean(axis=0)) / np.where(spread > 1e-12, spread, np.inf)
    highest = scores.max(axis=1)
    suspects = sorted(zip(names, scores[0].tolist(), strict=True), key=lambda pair: -pair[1])[:5]
    return Verdict(float((highest >= highest[0] - 1e-9).mean()), suspects, len(names))


def _between(drawn: np.ndarray, sums: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """The sum of squares between the sources, for every draw and field; fields have mean 0 and variance 1."""
    found = np.zeros((len(drawn), sums.shape[1]))
    for source in range(drawn.max() + 1):
        mine = (drawn == source).astype(float)
        found += (mine @ sums) ** 2 / np.maximum(mine @ counts, 1)[:, None]
    return found


def _numbers(trials: Sequence[Mapping[str, object]]) -> tuple[list[str], np.ndarray]:
    """Every field as columns of mean 0 and variance 1, the same ones only once."""
    names: list[str] = []
    columns: list[np.ndarray] = []
    seen: set[bytes] = set()
    for field in dict.fromkeys(name for trial in trials for name in trial):
        for name, column in _columns(field, [trial.get(field, "") for trial in trials]):
            column = np.asarray(column, float)
            if np.ptp(column) == 0 or column.tobytes() in seen:
                continue
            seen.add(column.tobytes())
            names.append(name)
            columns.append((column - column.mean()) / column.std())
    return names, np.column_stack(columns)


def _columns(field: str, values: list) -> Iterable[tuple[str, list]]:
    if all(isinstance(value, int | float) for value in values):
        yield field, values
        ranks = np.unique(values, return_inverse=True)[1]
        yield f"{field}, rank", ranks.tolist()
        yield f"{field}, odd", [int(value) % 2 for value in values]
        return
    texts = [str(value) for value in values]
    if len(set(texts)) == 1:
        return
    yield f"{field}, length", [len(text) for text in texts]
    yield f"{field}, order", np.unique(texts, return_inverse=True)[1].tolist()
    words = [set(WORD.findall(text)) for text in texts]
    held = Counter(word for found in words for word in found)
    for word, times in held.items():
        if FEW <= times <= len(texts) - FEW:
            yield f"{field}, has {word}", [word in found for found in words]
    if max(map(len, texts)) <= 64:  # a name
        yield from _of_names(field, texts)


def _of_names(field: str, texts: list[str]) -> Iterable[tuple[str, list]]:
    data = [text.encode() or b"\0" for text in texts]
    yield f"{field}, first", [name[0] for name in data]
    yield f"{field}, last", [name[-1] for name in data]
    for divisor in (2, 3, 5, 7):
        yield f"{field}, sum of bytes modulo {divisor}", [sum(name) % divisor for name in data]
    yield f"{field}, digits", [sum(48 <= byte < 58 for byte in name) for name in data]
    yield f"{field}, capitals", [sum(65 <= byte < 91 for byte in name) for name in data]
