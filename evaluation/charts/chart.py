"""What a chart is: a picture of a table, with the table, and with words for those who do not see the picture."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from html import escape
from typing import Any

import pandas as pd

from evaluation.charts import theme

# How numbers of a kind are written for people; files keep all digits.
KINDS = {
    "text": str,
    "count": lambda value: f"{int(value):,}",
    "mean": lambda value: f"{value:.2f}",
    "share": lambda value: f"{100 * value:.0f} %",
    "p": lambda value: "< .001" if value < 0.001 else f"{value:.3f}",
}


@dataclass(frozen=True)
class Column:
    heading: str
    kind: str = "text"

    @property
    def is_number(self) -> bool:
        return self.kind != "text"

    def format(self, value: Any) -> str:
        return "–" if pd.isna(value) else KINDS[self.kind](value)


@dataclass(frozen=True, eq=False)
class Chart:
    key: str  # part of its address and of its file's name
    title: str
    group: str  # where it stands: "paper", "precision", "conclusions", "detail" ...
    drawing: dict[str, Any]  # plotly's JSON, without a title, in the page's colours
    table: pd.DataFrame  # the numbers in the picture, unrounded
    columns: Mapping[str, Column]  # of the table: how they are called and written for people
    summary: str  # what is to be seen, in sentences made from the numbers
    width: int = theme.WIDTH  # of the exported picture, in CSS pixels

    @property
    def figure(self):
        """As plotly's own object, titled and ready for `show()` in a notebook."""
        import plotly.graph_objects as go

        return go.Figure(self.export_drawing())

    @property
    def label(self) -> str:
        """Its name for those who do not see it."""
        return f"Chart: {self.title}. {self.summary}"

    @property
    def data_id(self) -> str:
        return f"{self.key}-data"

    @property
    def height(self) -> int:
        return round(self.drawing["layout"]["height"])

    @property
    def needs_models(self) -> bool:
        """Whether it needs the mixed models, or what takes as long."""
        return self.group == "conclusions" or self.key == "overlaps"

    @property
    def is_narrow(self) -> bool:
        return self.width < theme.WIDTH

    @property
    def rows(self) -> list[list[str]]:
        """The table as it is written on a page."""
        columns = [[column.format(value) for value in self.table[name]] for name, column in self.columns.items()]
        return [list(row) for row in zip(*columns, strict=True)]

    @property
    def body(self) -> str:
        """The table's rows as HTML. For thousands of cells a template takes ten times as long."""
        kinds = [' class="number"' if column.is_number else "" for column in self.columns.values()]
        lines = []
        for first, *others in self.rows:
            cells = "".join(f"<td{kind}>{escape(cell)}</td>" for kind, cell in zip(kinds[1:], others, strict=True))
            lines.append(f'<tr><th scope="row">{escape(first)}</th>{cells}</tr>')
        return "".join(lines)

    def csv(self) -> str:
        return self.table[list(self.columns)].to_csv(index=False, na_rep="NA", lineterminator="\n")

    def to_json(self) -> dict[str, Any]:
        """As JSON, to be kept; `Chart.from_json` makes it a chart again."""
        rows = self.table[list(self.columns)].astype(object)
        return {
            **{"key": self.key, "title": self.title, "group": self.group, "summary": self.summary},
            **{"width": self.width, "drawing": self.drawing},
            "columns": {name: [column.heading, column.kind] for name, column in self.columns.items()},
            "rows": [[_plain(value) for value in row] for row in rows.to_numpy()],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Chart":
        values = {name: stored[name] for name in ("key", "title", "group", "summary", "width", "drawing")}
        columns = {name: Column(*column) for name, column in stored["columns"].items()}
        return cls(**values, columns=columns, table=pd.DataFrame(stored["rows"], columns=list(columns)))

    def export_drawing(self) -> dict[str, Any]:
        """The drawing as it is exported: titled, on white, with a fixed width."""
        return theme.export_drawing(self.drawing, self.title, self.width)

    def stamp(self) -> "Chart":
        """Marked as made of robots' answers, in the picture itself, so that the mark travels with every copy."""
        return replace(self, drawing=theme.add_stamp(self.drawing), summary=f"{theme.REHEARSAL}. {self.summary}")


def _plain(value: Any) -> Any:
    """As JSON knows it: a missing value is null, numpy's numbers are Python's."""
    if pd.isna(value):
        return None
    return value.item() if hasattr(value, "item") else value
