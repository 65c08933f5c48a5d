"""Notes, and what is done with notes alone.

notes.py            a piece; MIDI read and written (the one module that knows symusic)
pedal.py            how long notes sound under the sustain pedal
meter.py            where the bars of a piece are, by its file or by annotations
keys.py             the key of a piece, and transposing it to C major or A minor
excerpts.py         stretches of a piece that are as long as a clip
clip_length.py      how long a composed clip is
arrangement.py      how the notes of a piece become those of a clip
instrumentation.py  which instruments play them
"""
