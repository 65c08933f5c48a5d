"""The score of a MIDI file, through music21 and verovio: run by `engraving`, or by hand.

python -m generation.music.pictures.engraving_process < clip.mid > clip.musicxml
python -m generation.music.pictures.engraving_process svg < clip.mid > clip.svg
"""

import sys
from typing import Any

import music21
import verovio

from generation.music.pictures.engraving import EngravingError
from generation.music.pictures.staves import Bar, staves
from generation.music.score.keys import key_of
from generation.music.score.meter import align_to_bars
from generation.music.score.notes import Piece, read_midi
from generation.music.tokens.grid import TWELFTHS

OPTIONS = {
    "breaks": "auto",
    "pageWidth": 2100,
    "pageHeight": 60_000,  # one page, as high as it needs
    "adjustPageHeight": True,
    "pageMarginLeft": 20,
    "pageMarginRight": 20,
    "pageMarginTop": 20,
    "pageMarginBottom": 20,
    "scale": 40,
    "header": "none",
    "footer": "none",
    "svgViewBox": True,
    "xmlIdSeed": 1,  # the same picture for the same notes
}


def musicxml(piece: Piece) -> bytes:
    piece = align_to_bars(piece)
    tonic, mode = key_of(piece)
    sharps = (7 * (tonic + (3 if mode == "minor" else 0)) + 5) % 12 - 5  # C# is D flat, F# stays
    right, left = staves(piece)
    parts = [_part(bars, piece, sharps, treble=treble) for bars, treble in ((right, True), (left, False))]
    brace = music21.layout.StaffGroup(parts, symbol="brace")
    score = music21.stream.Score([*parts, brace])
    score.metadata = music21.metadata.Metadata(title="")
    return music21.musicxml.m21ToXml.GeneralObjectExporter(score).parse()


def _part(bars: list[Bar], piece: Piece, sharps: int, *, treble: bool) -> music21.stream.PartStaff:
    part = music21.stream.PartStaff()
    meters = {round(beat * TWELFTHS): (int(above), int(below)) for beat, above, below in piece.meters}
    at = 0
    for number, bar in enumerate(bars, 1):
        measure = music21.stream.Measure(number=number)
        if number == 1:
            clef = music21.clef.TrebleClef() if treble else music21.clef.BassClef()
            measure.append([clef, music21.key.KeySignature(sharps)])
            if treble:
                measure.insert(0, music21.tempo.MetronomeMark(number=round(float(piece.tempos[0, 1]))))
        if at in meters:
            measure.append(music21.meter.TimeSignature("{}/{}".format(*meters[at])))
        for sign in _signs(bar, sharps):
            measure.append(sign)
        part.append(measure)
        at += sum(sign.length for sign in bar)
    part.makeNotation(inPlace=True)
    measure.rightBarline = "final"
    return part


def _signs(bar: Bar, sharps: int) -> list[Any]:
    if not any(sign.pitches for sign in bar):
        rest = music21.note.Rest(quarterLength=sum(sign.length for sign in bar) / TWELFTHS)
        rest.fullMeasure = True
        return [rest]
    written: list[Any] = []
    for sign in bar:
        length = music21.common.opFrac(sign.length / TWELFTHS)
        if not sign.pitches:
            written.append(music21.note.Rest(quarterLength=length))
            continue
        names = [spell_pitch(pitch, sharps) for pitch in sign.pitches]
        sound = music21.note.Note(names[0]) if len(names) == 1 else music21.chord.Chord(names)
        sound.quarterLength = length
        if sign.is_held or sign.is_tied:
            sound.tie = music21.tie.Tie(
                "continue" if sign.is_held and sign.is_tied else "start" if sign.is_held else "stop"
            )
        written.append(sound)
    return written


def spell_pitch(pitch: int, sharps: int) -> str:
    """As music21 names a pitch, in the key that has so many sharps: "F#4", "B-3".

    Of the names of a key on the piano the one that is nearest on the line of fifths, three flatwards to eight
    sharpwards of the tonic's: in C major E flat and B flat, F, C and G sharp.
    """
    fifths = (7 * pitch - sharps + 3) % 12 - 3 + sharps  # of C: 0, of G: 1
    letter, alteration = "FCGDAEB"[(fifths + 1) % 7], (fifths + 1) // 7
    octave = (pitch - alteration) // 12 - 1
    return f"{letter}{'#' * alteration or '-' * -alteration}{octave}"


def svg(score: bytes) -> bytes:
    toolkit = verovio.toolkit()
    toolkit.setOptions(OPTIONS)
    if not toolkit.loadData(score.decode()):
        raise EngravingError("verovio could not read the score.")
    return toolkit.renderToSVG(1).encode()


if __name__ == "__main__":
    score = musicxml(read_midi(sys.stdin.buffer.read()))
    sys.stdout.buffer.write(svg(score) if sys.argv[1:] == ["svg"] else score)
