"""Magenta's networks as presets, with Magenta's own values (those of melody_rnn_model, performance_model and
polyphony_model in its version 2.1.4).

What the values do not say: a sequence is trained on whole and from a zero state, as Magenta does, up to 512 tokens; the
norm that is clipped is that of the whole gradient. Magenta counts updates where we count epochs, and never stops by
itself; here training ends when the held-out pieces have not become likelier for a while.
"""

from dataclasses import replace

from generation.music.tokens.encodings import ENCODINGS
from generation.music.training.configuration import NetworkConfig, Preset, SamplingConfig, TrainingConfig

_TRAINING = TrainingConfig(
    carried=False,
    window=512,
    stride=512,
    micro_batch=32,
    epochs=300,
    patience=15,
    optimizer="adam",
    learning_rate=1e-3,
    decay="constant",
)


def _melody(name: str, summary: str, encoding: str, *, feed: str, attention: int = 0, clipnorm: float = 5.0) -> Preset:
    return Preset(
        name,
        summary,
        ENCODINGS[encoding],
        NetworkConfig(feed=feed, layers=2, units=128, attention=attention, between_dropout=0.5, dropout=0.5),
        replace(_TRAINING, batch=128, clipnorm=clipnorm),
        SamplingConfig(),
    )


MAGENTA = (
    _melody("magenta-basic", "Magenta's basic melody network: the last event alone", "melody", feed="onehot"),
    _melody("magenta-mono", "Magenta's mono melody network: all pitches, no key", "melody-all", feed="onehot"),
    _melody(
        "magenta-lookback",
        "Magenta's lookback melody network: repeats of one and two bars ago are told and can be said",
        "melody-lookback",
        feed="history",
    ),
    _melody(
        "magenta-attention",
        "Magenta's attention melody network: as lookback, with keys, and an eye on its last 40 outputs",
        "melody-key",
        feed="history",
        attention=40,
        clipnorm=3.0,
    ),
    Preset(
        "magenta-performance",
        "Magenta's performance network with dynamics: hundredths of a second, three LSTMs of 512",
        ENCODINGS["performance-dynamics"],
        NetworkConfig(feed="onehot", layers=3, units=512),
        replace(_TRAINING, batch=64, clipnorm=3.0, micro_batch=16, epochs=50, patience=5, transpose=3, stretch=0.05),
    ),
    Preset(
        "magenta-polyphony",
        "Magenta's polyphony network: every sixteenth says what begins and what goes on, three LSTMs of 256",
        ENCODINGS["polyphony"],
        NetworkConfig(feed="onehot", layers=3, units=256, between_dropout=0.5, dropout=0.5),
        # The sequences have some 2,500 tokens: the state goes on, the gradient does not.
        replace(_TRAINING, batch=64, clipnorm=5.0, carried=True, epochs=50, patience=5, transpose=4),
    ),
)
