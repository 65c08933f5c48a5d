"""Notes, or a recording, -> the files that listeners hear: same length, same level, same everything.

    policy.py      what is the same for all clips, and what is refused
    renderer.py    what rendering needs of this machine
    synthesis.py   MIDI -> sound, by FluidSynth
    recordings.py  an audio file -> sound
    loudness.py    how loud it is, how high its waves go (BS.1770)
    levels.py      sound -> sound: trimmed, cut, faded, as loud as all others
    encoders.py    sound -> FLAC, MP3 and Opus; opus.py is the last of them
    rendering.py   all of it, for one clip (`render`) or for many in parallel (`render_many`)
    preview.py     how a piece sounds, quickly, for the researcher
    sound_measures.py  what can be measured of a sound: loudness, silence, bandwidth and outline of a sound

Knows nothing of sources: whatever made the music, it goes the same way.
"""
