"""Music: notes, tokens, networks, composing, sound. Knows no Django; usable from a notebook.

The rooms, each of which may import those before it:

    score/       notes read from MIDI and written to it; what is done with notes alone: excerpts, keys, meters
    tokens/      notes as the numbers that a network learns from, and back; one module for each encoding
    audio/       notes or recordings -> the files that listeners hear
    corpora/     folders, archives and downloads -> a corpus of pieces
    pictures/    notes, waveforms and numbers -> SVG
    analysis/    what pieces are like, how alike two sets are, what was copied
    training/    a corpus and a preset -> a run folder. TensorFlow
    inference/   a run folder -> pieces, with numpy alone
    magenta/     Magenta's files -> run folders, and back

Import-linter holds this order (`pyproject.toml`).
"""
