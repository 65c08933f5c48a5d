"""Music files from somewhere -> a corpus of pieces.

corpora.py    a corpus read from a path or an address, saved, opened and split
archives.py   files in a folder or in a zip that may be hostile
downloads.py  addresses of the public internet
pop909.py     POP909, with its annotated beats
musicxml.py   MusicXML and music21's own corpus
"""
