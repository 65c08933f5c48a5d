"""What is to be the same for all clips of a survey, and what a clip's own provenance says of it."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from generation.catalogue.clips import INSTRUMENT_LABELS
from generation.models import Clip
from generation.music.score.arrangement import OPTIONS, Arrangement


@dataclass(frozen=True)
class ClipSettings:
    """What is to be the same for all clips of a survey: how their notes are arranged, and how they are played."""

    arrangement: Arrangement = field(default_factory=Arrangement)  # without a length: as long as the clips are
    instrument: str = "piano"
    soundfont: str = ""  # a name, as `soundfonts.find_font` knows it; empty: as the study's other clips

    def as_dict(self) -> dict:
        return {"arrangement": self.arrangement.as_dict(), "instrument": self.instrument, "soundfont": self.soundfont}

    @classmethod
    def from_dict(cls, values: dict) -> "ClipSettings":
        return cls(**values | {"arrangement": Arrangement(**values["arrangement"])})


def arrangement_of(clip: Clip) -> Arrangement:
    """How a clip's notes were arranged, from its provenance; where that says nothing, nothing was done to them."""
    return Arrangement(**clip.provenance.get("arrangement", {}))


def describe_settings(clip: Clip) -> dict[str, str]:
    """The settings that a clip was arranged and rendered with, part by part."""
    rendering = clip.provenance.get("rendering", {})
    length = _("%(seconds)s s") % {"seconds": f"{clip.seconds:g}"} if clip.seconds else _("not rendered")
    treatment = [option for option in OPTIONS.values() if option.name not in ("seconds", "bars", "cut", "seed")]
    if clip.recording:
        labels = [*(option.label for option in treatment), _("Instruments"), _("Soundfont")]
        return {_("Length"): length} | dict.fromkeys(labels, _("as recorded"))
    arrangement = arrangement_of(clip)
    instrument = "piano" if rendering.get("policy", {}).get("instrument") == "piano" else "file"
    return {
        _("Length"): length,
        **{option.label: option.describe(getattr(arrangement, option.name)) for option in treatment},
        _("Instruments"): str(INSTRUMENT_LABELS[instrument]),
        _("Soundfont"): rendering.get("soundfont") or _("unknown"),
    }
