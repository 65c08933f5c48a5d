"""Choosing the next token: probabilities and random generators in, ids out.

Knows nothing of notes or networks.
"""

from collections.abc import Sequence

import numpy as np


def choose(
    probabilities: np.ndarray,
    rng: np.random.Generator | Sequence[np.random.Generator],
    *,
    temperature: float = 1.0,
    top_k: int = 0,
    top_p: float = 1.0,
    mask: np.ndarray | None = None,
) -> np.ndarray:
    """One id for each row.

    Parameters
    ----------
    probabilities : (batch, vocabulary)
    rng : one for all rows, or one for each: then a row does not depend on its neighbours
    temperature : the probabilities to the power of 1 / temperature; 0 takes the likeliest
    top_k : only the k likeliest; 0 for all
    top_p : only the likeliest that reach this share together (nucleus sampling, Holtzman et al. 2019)
    mask : bool (batch, vocabulary), what may be chosen at all; where everything allowed has no probability, all of it
        is equally likely

    Returns
    -------
    ids (batch,), int64
    """
    weights = np.asarray(probabilities, np.float64)
    if mask is not None:
        weights = np.where(mask, weights, 0.0)
        nothing = weights.sum(axis=-1) <= 0
        weights[nothing] = mask[nothing]
    if temperature == 0:
        return weights.argmax(axis=-1)
    if temperature != 1:
        with np.errstate(divide="ignore"):  # no probability stays none: exp(-inf)
            weights = np.exp(np.log(weights / weights.max(axis=-1, keepdims=True)) / temperature)
    if top_k and top_k < weights.shape[-1]:
        least = np.partition(weights, -top_k, axis=-1)[:, -top_k, None]
        weights = np.where(weights >= least, weights, 0.0)
    if top_p < 1:
        weights = _nucleus(weights, top_p)
    reached = weights.cumsum(axis=-1)
    drawn = (
        rng.random(len(weights))
        if isinstance(rng, np.random.Generator)
        else np.array([generator.random() for generator in rng])
    )
    # The first id whose share of the whole lies beyond the number drawn; ids of no weight are never that one.
    return (reached <= drawn[:, None] * reached[:, -1:]).sum(axis=-1)


def _nucleus(weights: np.ndarray, top_p: float) -> np.ndarray:
    order = np.argsort(-weights, axis=-1, kind="stable")
    ordered = np.take_along_axis(weights, order, axis=-1)
    before = ordered.cumsum(axis=-1) - ordered  # what the likelier ones have together
    ordered[before >= top_p * ordered.sum(axis=-1, keepdims=True)] = 0.0
    ordered[:, 0] = np.maximum(ordered[:, 0], np.finfo(float).tiny)  # one always stays, even with top_p 0
    kept = np.empty_like(weights)
    np.put_along_axis(kept, order, ordered, axis=-1)
    return kept
