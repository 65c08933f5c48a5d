"""What can be measured on a clip, kept in its row once it has been asked for: a clip never changes."""

import math
from typing import Any

import soundfile
from django.utils.translation import gettext as _

from generation.catalogue.errors import CatalogueError
from generation.models import Clip
from generation.music.analysis.measures import describe
from generation.music.audio.policy import RATE, STANDARD, RenderingError
from generation.music.audio.sound_measures import measure_sound
from generation.music.score.instrumentation import apply_instruments
from generation.music.score.notes import MidiError, Piece, read_midi

VERSION = 1  # of what is measured: clips with another one are measured again


def measures_of_clip(clip: Clip) -> dict:
    """Measures of the notes and of the sound, numbers by their names; what has no value is None.

    `outline` is the sound's shape, `notes` the measures of the notes (`generation.music.analysis.measures`).
    """
    if not clip.rendered:
        raise CatalogueError(_("%(clip)s has not been rendered yet. Render it first.") % {"clip": clip})
    if clip.measured.get("version") == VERSION:
        return clip.measured
    piece = heard_notes(clip)
    measures: dict[str, Any] = {"version": VERSION, "sounding": clip.sounding, "sample_rate": _rate(clip)}
    try:
        with clip.master.open("rb") as master:
            measures |= measure_sound(master, name=str(clip))
    except OSError as error:
        raise CatalogueError(
            _("The audio file of %(clip)s cannot be read: %(reason)s.")
            % {"clip": clip, "reason": error.strerror or error}
        ) from error
    if piece is not None:
        measures["notes"] = {key: _number(value) for key, value in describe(piece).items()}
        measures["instruments"] = len({(track.program, track.is_drum) for track in piece.tracks})
    Clip.objects.filter(pk=clip.pk).update(measured=measures)
    clip.measured = measures
    return measures


def features(clip: Clip) -> dict:
    """As `generation.music.analysis.fairness` compares them."""
    measures = measures_of_clip(clip)
    return measures.get("notes", {}) | {key: value for key, value in measures.items() if key != "notes"}


def heard_notes(clip: Clip) -> Piece | None:
    """The notes of a clip as they are heard: arranged by the policy it was rendered with. None for a recording."""
    if not clip.midi:
        return None
    policy = clip.provenance.get("rendering", {}).get("policy", {})
    try:
        with clip.midi.open("rb") as file:
            piece = read_midi(file.read(), name=clip.title)
    except (MidiError, OSError) as error:
        raise CatalogueError(
            _("The MIDI file of %(clip)s cannot be read: %(reason)s") % {"clip": clip, "reason": error}
        ) from error
    piece = apply_instruments(
        piece,
        instrument=policy.get("instrument", STANDARD.instrument),
        seconds=policy.get("seconds", STANDARD.seconds),
    )
    return piece if len(piece) else None


def _rate(clip: Clip) -> int:
    """Samples a second of what the clip was made from: notes become sound at our own rate."""
    if not clip.recording:
        return RATE
    try:
        with clip.recording.open("rb") as file:
            return soundfile.info(file).samplerate
    except (soundfile.SoundFileError, OSError) as error:
        raise RenderingError(_("The recording of %(clip)s cannot be read.") % {"clip": clip}) from error


def _number(value: float) -> float | None:
    return round(value, 4) if math.isfinite(value) else None
