"""What an instrument is: the steps from answers to files that differ between kinds of survey.

`evaluation.pipeline` takes these steps, the same ones for every page, command, job and answer of the API.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Generic, TypeVar

from evaluation.charts.chart import Chart
from evaluation.models import Snapshot
from evaluation.package.figures import Progress
from evaluation.package.supplement import Supplement
from evaluation.statistics.analysis import Analysis
from surveys.models import Survey

Table = TypeVar("Table")
Results = TypeVar("Results")
FitProgress = Callable[[str, float], None]  # what is being fitted, and the share that is done


class Instrument(ABC, Generic[Table, Results]):
    """One kind of survey. A table has `answers`, `participants`, `rehearsal` and `fingerprint()`; results have the
    `table` that they describe, `flags`, `flow`, `cautions` and `left_out`.
    """

    trial_kind: ClassVar[str]  # of the trials whose answers are analysed
    fits_models: ClassVar[bool]  # whether there are models that take so long that a worker fits them
    package_contents: ClassVar[Mapping[str, str]]  # the files of a package by their names, with what each is

    def measure_clips(self, survey: Survey) -> None:
        """Measure what `collect` reads about the clips and nobody has measured yet; may take minutes."""

    @abstractmethod
    def collect(self, survey: Survey, *, rehearsal: bool, at: Snapshot | None = None) -> Table:
        """All answers of a survey's people, or of its robots, or those that a snapshot holds, as a table."""

    @abstractmethod
    def describe(self, table: Table, *, without_flagged: bool = False, seed: int | None = None) -> Results:
        """What the answers are: counts, means, intervals."""

    def fit(self, results: Results, progress: FitProgress | None = None) -> Analysis | None:
        """What can be concluded from them; None where `describe` has said everything."""
        return None

    @abstractmethod
    def charts(self, results: Results, analysis: Analysis | None) -> list[Chart]:
        """Every chart that these results can fill."""

    def listener_charts(self, results: Results, listener: str) -> list[Chart]:
        """One listener next to the others; none where there is nothing to show."""
        return []

    @abstractmethod
    def record(self, results: Results, analysis: Analysis | None) -> dict[str, Any]:
        """Every number unrounded: results.json."""

    @abstractmethod
    def files(
        self,
        results: Results,
        charts: Sequence[Chart],
        *,
        analysis: Analysis | None,
        supplement: Supplement,
        pictures: bool,
        progress: Progress | None,
    ) -> dict[str, bytes]:
        """The files of a package by their names."""

    @abstractmethod
    def widest_interval(self, results: Results) -> float | None:
        """Half of the widest interval of an average, which narrows as answers arrive; None where there is none."""

    @abstractmethod
    def background(self, results: Results) -> Sequence[str]:
        """What participants were asked about themselves, as columns of the table's participants."""

    # --- What a preregistration says about this kind of survey -------------------------------------------

    @abstractmethod
    def planned_design(self, survey: Survey) -> str: ...

    @abstractmethod
    def planned_questions(self, survey: Survey) -> list[str]: ...

    @abstractmethod
    def planned_precision(self, survey: Survey, listeners: int | None) -> str: ...

    @abstractmethod
    def planned_exclusions(self, survey: Survey) -> tuple[list[str], str]:
        """The rules as sentences, and what else is left out."""

    @abstractmethod
    def planned_analyses(self, survey: Survey) -> str: ...

    @abstractmethod
    def planned_inference(self, survey: Survey) -> str: ...
