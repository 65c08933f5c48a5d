"""16-bit sound to files: FLAC for keeping, MP3 and Opus for listening.

Nothing in a file but the sound: no title, no date, no encoder's settings, and both lossy forms at a constant bit rate,
so that clips of one length have one size and a size tells nothing.
"""

import io

import lameenc
import numpy as np
import soundfile

from generation.music.audio import opus
from generation.music.audio.policy import RATE
from generation.music.audio.recordings import resample


def flac(sound: np.ndarray) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, sound, RATE, format="FLAC", subtype="PCM_16")
    return file.getvalue()


def mp3(sound: np.ndarray, kilobits: int) -> bytes:
    # libsndfile writes MP3 too, but three to five times as slowly, and with LAME's tag in front: it holds a checksum
    # and a peak of the sound, where nothing is wanted.
    encoder = lameenc.Encoder()
    encoder.set_in_sample_rate(RATE)
    encoder.set_channels(2)
    encoder.set_bit_rate(kilobits)
    encoder.set_quality(5)  # at this bit rate 3, LAME's default, differs in time only
    encoder.silence()
    return bytes(encoder.encode(sound.tobytes()) + encoder.flush())


def ogg_opus(sound: np.ndarray, kilobits: int) -> bytes:
    at_48k = resample(sound.astype(np.float32) / 32_768, RATE, opus.RATE)
    return opus.encode(at_48k.astype(np.float32, copy=False), kilobits)
