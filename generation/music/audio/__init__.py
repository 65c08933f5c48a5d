"""From notes, or a recording made elsewhere, to the files that are heard: same length, same level, same everything.

    policy.py      what is the same for all clips
    synthesis.py   MIDI -> sound, by FluidSynth
    recordings.py  an audio file -> sound
    loudness.py    how loud it is, how high its waves go (BS.1770)
    levels.py      sound -> sound: trimmed, cut, faded, as loud as all others
    encodings.py   sound -> FLAC, MP3 and Opus
    rendering.py   all of it, for one clip (`render`) or for many side by side (`render_many`)

Knows nothing of sources: whatever made the music, it goes the same way.
"""
