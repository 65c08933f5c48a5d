"""The linear algebra under the mixed models: two crossed factors, solved exactly by taking the larger one out first.

With random intercepts for participants and clips the matrix to factor is

    H = I + ΛZ'WZΛ  =  [ D   B ]      D diagonal (one number for each level of the first factor),
                       [ B'  E ]      B the table first x second, E small and dense.

Eliminating D leaves the Schur complement S = E - B'D⁻¹B, as large as the second factor only; so 1,000 listeners and
100 clips cost a Cholesky factor of 100 x 100. Nothing is approximated (Bates et al. 2015, JSS 67(1), section 3, use a
sparse factor of the same matrix). Knows nothing of ratings or listeners.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy import linalg, sparse

# Dense tables are faster while they fit; a large pool of clips of which each listener hears a few is kept sparse.
SPARSE_ABOVE = 1_000_000  # cells
SPARSE_BELOW = 0.25  # share of cells with an answer
ROWS_AT_ONCE = 2_000

Table = Any  # np.ndarray or sparse.csr_array


class CrossTable:
    """Sums of weights over the rows that share a level of the first and of the second factor.

    Parameters
    ----------
    first, second : codes 0, 1, ... of every row
    shape : how many levels each has
    """

    def __init__(self, first: np.ndarray, second: np.ndarray, shape: tuple[int, int]):
        self.shape = shape
        self.cell = first.astype(np.int64) * shape[1] + second
        size = shape[0] * shape[1]
        self.is_sparse = size > SPARSE_ABOVE and len(first) < SPARSE_BELOW * size
        if self.is_sparse:
            filled, self.cell = np.unique(self.cell, return_inverse=True)
            self.columns = filled % shape[1]
            self.starts = np.searchsorted(filled // shape[1], np.arange(shape[0] + 1))

    def sums(self, weights: np.ndarray | None = None) -> Table:
        """The table of the rows' weights; without weights, of how many rows there are."""
        if self.is_sparse:
            data = np.bincount(self.cell, weights, len(self.columns)).astype(float)
            return sparse.csr_array((data, self.columns, self.starts), shape=self.shape)
        return np.bincount(self.cell, weights, self.shape[0] * self.shape[1]).astype(float).reshape(self.shape)

    def pick(self, table: Table) -> np.ndarray:
        """Each row's own value from a table of this shape."""
        return (table.data if self.is_sparse else table.ravel())[self.cell]


def scale_table(table: Table, rows: np.ndarray | float = 1.0, columns: np.ndarray | float = 1.0) -> Table:
    """The table with its rows and columns multiplied by numbers."""
    if sparse.issparse(table):
        rows = np.broadcast_to(rows, table.shape[0])
        columns = np.broadcast_to(columns, table.shape[1])
        data = table.data * np.repeat(rows, np.diff(table.indptr)) * columns[table.indices]
        return sparse.csr_array((data, table.indices, table.indptr), shape=table.shape)
    return table * np.reshape(rows, (-1, 1)) * columns


def gram(table: Table, weights: np.ndarray) -> np.ndarray:
    """table' diag(weights) table, dense: second x second."""
    product = table.T @ scale_table(table, weights)
    return product.toarray() if sparse.issparse(product) else product


@dataclass(frozen=True, eq=False)
class Elimination:
    """H taken apart: D (first), B (first x second) and the Cholesky factor of S (second x second)."""

    diagonal: np.ndarray
    border: Table
    factor: np.ndarray  # lower triangle
    log_determinant: float

    @classmethod
    def factorise(cls, diagonal: np.ndarray, border: Table, corner: np.ndarray) -> "Elimination":
        factor = np.linalg.cholesky(corner - gram(border, 1 / diagonal))
        return cls(diagonal, border, factor, np.log(diagonal).sum() + 2 * np.log(np.diag(factor)).sum())

    def solve(self, first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """H⁻¹ of a right-hand side, a vector or a matrix of several, given and returned in two parts."""
        by_row = self.diagonal if first.ndim == 1 else self.diagonal[:, None]
        below = linalg.cho_solve((self.factor, True), second - self.border.T @ (first / by_row), check_finite=False)
        return (first - self.border @ below) / by_row, below

    @cached_property
    def corner_inverse(self) -> np.ndarray:
        """H⁻¹ for the second factor, which is S⁻¹."""
        return linalg.cho_solve((self.factor, True), np.eye(len(self.factor)), check_finite=False)

    def inverse_at(self, table: CrossTable) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """H⁻¹ where the rows need it: its diagonal (first), each row's cross term, its diagonal (second)."""
        scaled_border = scale_table(self.border, 1 / self.diagonal)
        own = 1 / self.diagonal
        if not table.is_sparse:
            cross = -scaled_border @ self.corner_inverse
            own = own - np.einsum("ij,ij->i", cross, scaled_border)
            return own, table.pick(cross), np.diag(self.corner_inverse)
        data = np.empty(len(table.columns))
        for begin in range(0, table.shape[0], ROWS_AT_ONCE):  # the full table would be dense
            end = min(begin + ROWS_AT_ONCE, table.shape[0])
            inside = slice(table.starts[begin], table.starts[end])
            place = np.repeat(np.arange(end - begin), np.diff(table.starts[begin : end + 1]))
            data[inside] = -(scaled_border[begin:end] @ self.corner_inverse)[place, table.columns[inside]]
        cross = sparse.csr_array((data, table.columns, table.starts), shape=table.shape)
        own = own - np.asarray((cross * scaled_border).sum(axis=1)).ravel()
        return own, table.pick(cross), np.diag(self.corner_inverse)
