"""How runs learned and what they composed, made ready for pages."""

from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe

from generation.models import Clip, Run
from generation.music.pictures.line_chart import Line, line_chart
from generation.music.pictures.piano_roll import piano_roll
from generation.music.score.notes import MidiError, read_midi
from generation.music.training.configuration import Preset, PresetError
from generation.music.training.presets import preset
from generation.music.training.runs import RunError, read_config

ROLL_SECONDS = 20


def preset_of(run: Run):
    """The recipe in the run's folder, or while there is none yet that of its row; None where neither is known."""
    try:
        return Preset.from_dict(read_config(run.folder)["preset"])
    except (RunError, PresetError):
        pass
    try:
        return preset(run.preset).with_values(run.settings)
    except PresetError:
        return None


def met_new_words(history: list[dict[str, float]]) -> bool:
    """Whether held-out pieces had words that training never saw: only then do the two losses differ."""
    return any(abs(row["known_loss"] - row["validation_loss"]) > 1e-6 for row in history)


def chart_of(run: Run) -> SafeString:
    history = run.history()
    lines = [
        Line("in training", [(row["epoch"], row["loss"]) for row in history], colour=1, dashed=True),
        Line("on held-out pieces", [(row["epoch"], row["validation_loss"]) for row in history], colour=2),
    ]
    label = f"Loss of {run.name} over epochs; the table below has the numbers"
    return safe_svg(line_chart(lines if len(history) > 1 else [], across="epochs", upwards="nats a token", label=label))


@dataclass(frozen=True)
class ShownClip:
    clip: Clip
    roll: SafeString


def clips_of(run: Run, *, most: int) -> list[ShownClip]:
    """The newest clips of the run's models, by model and number."""
    newest = Clip.objects.filter(source__run=run).select_related("source__study").order_by("-pk")[:most]
    return [ShownClip(clip, roll_of(clip)) for clip in sorted(newest, key=lambda clip: (clip.source_id, clip.number))]


def roll_of(clip: Clip) -> SafeString:
    try:
        with clip.midi.open("rb") as file:
            piece = read_midi(file.read())
    except (OSError, ValueError, MidiError):  # no notes: a recording, or a file that is gone
        return SafeString("")
    return safe_svg(piano_roll(piece, seconds=clip.seconds or ROLL_SECONDS, width=320, height=96))


@dataclass(frozen=True)
class ComparedRun:
    run: Run
    best: dict[str, float]
    encoding: str
    colour: int
    dashed: bool

    @property
    def css(self) -> str:
        return f"s{self.colour}{' dashed' if self.dashed else ''}"

    @property
    def changed(self) -> str:
        return ", ".join(f"{key}={value}" for key, value in self.run.settings.items())


def compare_runs(runs: list[Run]) -> dict:
    """Table and charts of several runs. Losses of one token mean the same within one encoding only; across encodings
    the pitches of a note can be compared."""

    rows = []
    for place, run in enumerate(sorted(runs, key=lambda run: run.created)):
        preset = preset_of(run)
        encoding = preset.encoding.name if preset else ""
        rows.append(ComparedRun(run, run.best(), encoding, place % 5 + 1, place // 5 % 2 == 1))
    one_encoding = len({row.encoding for row in rows}) == 1
    measure, upwards = ("validation_loss", "nats a token") if one_encoding else ("nats_per_note", "nats a note")
    charts = []
    for key, across in (("epoch", "epochs"), ("seconds", "seconds of training")):
        lines = [
            Line(
                row.run.name,
                [(at[key], at[measure]) for at in row.run.history() if at["step"]],
                row.colour,
                row.dashed,
            )
            for row in rows
        ]
        label = f"Loss on held-out pieces over {across}, a line for each run; the table has the best of each"
        charts.append((f"Over {across}", safe_svg(line_chart(lines, across=across, upwards=upwards, label=label))))
    return {"rows": rows, "charts": charts, "one_encoding": one_encoding}


def safe_svg(svg: str) -> SafeString:
    """Drawn by us: names in it are escaped, the rest are numbers."""
    return mark_safe(svg)  # noqa: S308
