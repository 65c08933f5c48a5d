"""Tables whose analysis by R is known."""

import json
from pathlib import Path

import numpy as np
import pandas as pd

DATA = Path(__file__).parent / "data"


def complete(listeners: int) -> pd.DataFrame:
    """Everybody heard all 24 clips."""
    frame = pd.read_csv(DATA / f"ratings_{listeners}x24.csv").rename(columns={"model": "source"})
    return frame.assign(
        origin=np.where(frame["source"] == "original", "human", "ai"),
        verdict=np.where(frame["ai"] == 1, "ai", "human"),
    )


def incomplete() -> pd.DataFrame:
    """Everybody heard some of 30 clips, and some answers are missing."""
    frame = pd.read_csv(DATA / "incomplete_60x30.csv")
    return frame.assign(source=pd.Categorical(frame["source"], ["Originals", "Attention RNN", "House LSTM"]))


def reference(name: str) -> dict:
    """What R says about a table."""
    if name == "incomplete_60x30":
        return json.loads((DATA / f"{name}.json").read_text())
    return json.loads((DATA / "r_reference.json").read_text())[name]


def columns(estimates, *names: str) -> list[list[float]]:
    return [[getattr(estimate, name) for estimate in estimates] for name in names]
