"""From the tidy table to what a mixed model needs: numbers, columns, levels; or why there can be no model."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from evaluation.statistics.reasons import FEWEST_CLIPS, FEWEST_PARTICIPANTS, Reason, join_words, quantity

ORIGINS = ("human", "ai", "anchor")


@dataclass(frozen=True, eq=False)
class Design:
    """Answers laid out for a model `answer ~ source + covariates + (1 | participant) + (1 | clip)`.

    Parameters
    ----------
    answers : the numbers, one for each row
    matrix, terms : fixed columns (rows x terms) and their names as R gives them; the first is the intercept
    participant, clip, source : codes 0, 1, ... of every row
    participants, clips, sources : what the codes stand for; the first source is the reference
    source_rows : for each source the row of `matrix` of an average answer to it (sources x terms)
    formula : the model in R's notation
    notes : plain sentences about what was read how
    """

    answers: np.ndarray
    matrix: np.ndarray
    terms: tuple[str, ...]
    participant: np.ndarray
    clip: np.ndarray
    source: np.ndarray
    participants: tuple[str, ...]
    clips: tuple[str, ...]
    sources: tuple[str, ...]
    source_rows: np.ndarray
    formula: str
    notes: tuple[str, ...] = field(default=())

    def __len__(self) -> int:
        return len(self.answers)

    @property
    def df_between_clips(self) -> int:
        """Clips minus sources: what there is to judge differences of sources by."""
        return len(self.clips) - len(self.sources)

    @property
    def has_repeated_participants(self) -> bool:
        return len(self.participants) < len(self)


def source_order(frame: pd.DataFrame) -> list[str]:
    """Sources as tables show them: human ones, then AI, then anchors; within, in the column's own order of categories,
    or by name. The first one is the reference of every model."""
    pairs = frame[["source", "origin"]].drop_duplicates().dropna(subset=["source"])
    if isinstance(frame["source"].dtype, pd.CategoricalDtype):
        place = {name: number for number, name in enumerate(frame["source"].cat.categories)}
    else:
        place = {name: number for number, name in enumerate(sorted(pairs["source"].unique(), key=str))}
    rank = {origin: number for number, origin in enumerate(ORIGINS)}
    origins = pairs.groupby("source", observed=True)["origin"].first()  # a source without origin comes last
    return sorted(origins.index, key=lambda source: (rank.get(origins[source], len(rank)), place[source]))


def drop_anchors(frame: pd.DataFrame) -> pd.DataFrame:
    """Anchors show that listeners use the scale; they are no contestants."""
    return frame[frame["origin"] != "anchor"]


def rating_design(frame: pd.DataFrame, aspect: str, covariates: Sequence[str] = ()) -> Design | Reason:
    """The ratings of one aspect, laid out; anchors and missing ratings left out.

    Parameters
    ----------
    frame : columns participant, clip, source, origin and the aspect; covariates as numbers or as words
    """
    rated = _answered_rows(frame, aspect, covariates)
    if isinstance(rated, Reason):
        return rated
    values = rated[aspect].to_numpy(float)
    if np.ptp(values) == 0:
        return Reason(f"Every rating of {aspect} is {values[0]:g}: there is nothing to compare.")
    return why_no_model(rated, aspect) or lay_out(rated, values, name(aspect), covariates)


def _answered_rows(frame: pd.DataFrame, aspect: str, covariates: Sequence[str]) -> pd.DataFrame | Reason:
    """Rows with a number for the aspect and something for each covariate."""
    for column in (aspect, *covariates):
        if column not in frame:
            return Reason(f'There is no column "{column}"; the table has {join_words(frame.columns)}.')
    rated = drop_anchors(frame)
    values = rated[aspect]
    if not pd.api.types.is_numeric_dtype(values):
        numbers = pd.to_numeric(values, errors="coerce")
        rated = rated.assign(**{aspect: numbers})
    odd = values[values.notna() & ~np.isfinite(rated[aspect].to_numpy(float, na_value=np.nan))]
    if len(odd):
        return Reason(f'{aspect} holds "{odd.iloc[0]}", which is not a number; ratings are numbers or empty.')
    rated = rated.dropna(subset=["participant", "clip", "source", aspect, *covariates])
    return rated if len(rated) else Reason(f"Nobody rated {aspect}.")


def why_no_model(rated: pd.DataFrame, what: str) -> Reason | None:
    """The reason why conclusions about models cannot be drawn from so little, or none."""
    clips = rated.groupby("source", observed=True)["clip"].nunique()
    if len(clips) < 2:
        return Reason(
            f"All answers about {what} are to one model ({clips.index[0]}): there is nothing to compare it with."
        )
    few = clips[clips < FEWEST_CLIPS]
    if len(few):
        counts = join_words(f"{source} has {quantity(number, 'clip')}" for source, number in few.items())
        return Reason(
            f"Conclusions about models need at least {FEWEST_CLIPS} clips of each; for {what}, {counts}. "
            f"Add clips, or leave the model out; until then there is description only."
        )
    participants = rated["participant"].nunique()
    if participants < FEWEST_PARTICIPANTS:
        return Reason(
            f"Conclusions need at least {FEWEST_PARTICIPANTS} listeners; {quantity(participants, 'listener')} answered "
            f"about {what}. Until then there is description only."
        )
    return None


def lay_out(rated: pd.DataFrame, values: np.ndarray, response: str, covariates: Sequence[str] = ()) -> Design | Reason:
    """A `Design` from rows that all have an answer."""
    sources = source_order(rated)
    source = rated["source"].map({label: number for number, label in enumerate(sources)}).to_numpy(np.int64)
    participant, participants = pd.factorize(rated["participant"].astype(str), sort=True)
    clip, clips, notes = _clips_within_sources(rated["clip"], source, sources)
    columns, terms = [np.ones(len(rated))], ["(Intercept)"]
    for number, label in enumerate(sources[1:], 1):
        columns.append((source == number).astype(float))
        terms.append(f"source{label}")
    for covariate in covariates:
        more, more_terms = _covariate(rated[covariate])
        columns += more
        terms += more_terms
    matrix = np.column_stack(columns)
    if np.linalg.matrix_rank(matrix) < matrix.shape[1]:
        return Reason(
            f"{join_words(covariates)} cannot be told apart from the models or from each other in these answers."
        )
    rows = np.tile(matrix.mean(axis=0), (len(sources), 1))
    rows[:, : len(sources)] = np.eye(len(sources))
    rows[:, 0] = 1
    return Design(
        answers=values,
        matrix=matrix,
        terms=tuple(terms),
        participant=participant,
        clip=clip,
        source=source,
        participants=tuple(participants),
        clips=clips,
        sources=tuple(str(label) for label in sources),
        source_rows=rows,
        formula=" + ".join([f"{response} ~ source", *map(name, covariates), "(1 | participant)", "(1 | clip)"]),
        notes=notes,
    )


def _clips_within_sources(
    clip: pd.Series, source: np.ndarray, sources: Sequence[str]
) -> tuple[np.ndarray, tuple[str, ...], tuple[str, ...]]:
    """Codes and names of clips. A name used by two sources stands for two clips."""
    names = clip.astype(str).to_numpy()
    by_name, labels = pd.factorize(names, sort=True)
    pair = by_name * np.int64(len(sources)) + source
    codes, pairs = pd.factorize(pair, sort=True)
    own, of_source = labels[pairs // len(sources)], pairs % len(sources)
    if len(pairs) == len(labels):
        return codes, tuple(own), ()
    note = "Names of clips are used by more than one model; they are read as different clips."
    return codes, tuple(f"{sources[s]}:{label}" for label, s in zip(own, of_source, strict=True)), (note,)


def _covariate(column: pd.Series) -> tuple[list[np.ndarray], list[str]]:
    """A number as it is; words as one column for each but the first, named as R names them."""
    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
        return [column.to_numpy(float)], [column.name]
    levels = sorted(column.astype(str).unique())
    return [(column.astype(str) == level).to_numpy(float) for level in levels[1:]], [
        f"{column.name}{level}" for level in levels[1:]
    ]


def name(column: str) -> str:
    """A column's name as R's formulas want it: in backticks where it is not a plain word."""
    return column if column.replace(".", "_").isidentifier() else f"`{column}`"
