"""Notes, waveforms and numbers -> SVG, without a drawing library.

piano_roll.py   notes as bars
staves.py       notes as voices and measures; engraving.py draws them as a score, with music21 and Verovio
                in engraving_process.py
waveform.py     sound as an outline
line_chart.py   lines in a frame with two scales, and bars
dot_plot.py     the values of a few groups as dots
"""
