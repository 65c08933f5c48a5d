"""From notes, or a recording made elsewhere, to the files that are heard: same length, same level, same everything.

    policy.py      what is the same for all clips
    synthesis.py   MIDI -> sound, by FluidSynth
    recordings.py  an audio file -> sound
    levels.py      sound -> sound: trimmed, cut, faded, as loud as all others
    encodings.py   sound -> FLAC, MP3 and Opus
    rendering.py   all of it, for one clip or for many side by side

Knows nothing of sources: whatever made the music, it goes the same way.
"""

from generation.music.audio.policy import RATE, RenderingError, RenderingPolicy
from generation.music.audio.rendering import Job, RenderedSet, Rendering, render, render_many
from generation.music.audio.synthesis import check_renderer, find_soundfont

__all__ = [
    "RATE",
    "Job",
    "RenderedSet",
    "Rendering",
    "RenderingError",
    "RenderingPolicy",
    "check_renderer",
    "find_soundfont",
    "render",
    "render_many",
]
