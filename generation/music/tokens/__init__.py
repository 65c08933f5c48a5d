"""Pieces as tokens and back: one module for each encoding; `encodings` has the contract and the list of all.

encodings.py    the protocols `Encoding` and `Grammar`, and ENCODINGS by name
vocabulary.py   words and their numbers
grid.py         notes on a grid of equal steps, as chords
pitches.py      one chord or rest a step
remi.py         bars, positions, pitches, durations, velocities, tempos; with a grammar
expressive.py   pitch, length, loudness and rests as one word
melodies.py     monophonic melodies found in a piece, as Magenta finds them
melody.py       Magenta's melody encodings
performance.py  Magenta's performance encoding
polyphony.py    Magenta's polyphony encoding
free_grammar.py the grammar of encodings in which every token may follow every other
"""
