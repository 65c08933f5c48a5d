"""The named recipes. What each value means stands in `configuration`."""

from dataclasses import replace

from generation.music.tokens.encodings import ENCODINGS
from generation.music.training.configuration import (
    NetworkConfig,
    Preset,
    PresetError,
    SamplingConfig,
    TrainingConfig,
    nearest,
)
from generation.music.training.magenta_presets import MAGENTA

__all__ = ["PRESETS", "NetworkConfig", "Preset", "PresetError", "SamplingConfig", "TrainingConfig", "preset"]


_PAPER = Preset(
    "paper",
    "The paper's recipe: notes and chords half a beat each, three LSTMs of 512, one target for each window of 100",
    ENCODINGS["pitches"],
    NetworkConfig(
        feed="scale",
        layers=3,
        units=512,
        recurrent_dropout=0.3,
        last_recurrent_dropout=0.3,
        batchnorm=True,
        dropout=0.3,
        dense=256,
    ),
    TrainingConfig(
        targets="last",
        carried=False,
        window=100,
        batch=1024,
        micro_batch=128,  # a whole batch of 1024 would take some 9 GB
        epochs=10,
        optimizer="rmsprop",
        learning_rate=1e-3,
        decay="constant",
        validation_targets=2048,  # each costs a whole window
    ),
    SamplingConfig(reread=True, primer="training"),
)

_HOUSE_WORDS = replace(ENCODINGS["remi"], one_key=True)

_HOUSE = Preset(
    "house",
    "The best LSTM we can make: bars and positions, one key, embeddings, a target at every step, carried state",
    _HOUSE_WORDS,
    NetworkConfig(embedding=128, layers=2, units=256, between_dropout=0.1, dropout=0.1, prior=True),
    TrainingConfig(
        window=64,
        batch=32,
        epochs=30,
        learning_rate=3e-3,
        warmup=50,
        clipnorm=1.0,
        evaluations=1,
        patience=6,
    ),
    SamplingConfig(temperature=1.0, top_p=0.95),
)

_SKULI = Preset(
    "skuli",
    "Skuli's tutorial: chords by normal order, half a beat a token, the likeliest token always",
    ENCODINGS["normal-orders"],
    replace(_PAPER.network, last_recurrent_dropout=0.0),  # in the tutorial only the first two have it
    replace(_PAPER.training, batch=128, micro_batch=0, epochs=200),
    replace(_PAPER.sampling, temperature=0.0),
)

_EXPRESSIVE = Preset(
    "expressive",
    "Blanchard et al.: pitch, length, loudness and rests, all pieces in one key and one tempo",
    ENCODINGS["expressive"],
    NetworkConfig(feed="embedding", embedding=64, layers=2, units=256, dropout=0.3),
    TrainingConfig(
        targets="last",
        carried=False,
        window=50,
        stride=5,  # windows need not overlap: from 50 on they do not
        batch=64,
        epochs=30,
        decay="exponential",
        learning_rate=1e-3,
        last_learning_rate=0.1,
        patience=5,
        validation_targets=4096,
    ),
    SamplingConfig(reread=True, primer="training"),
)

_MARKOV = Preset(
    "markov",
    "A low anchor: what often follows the last tokens of the corpus",
    _HOUSE_WORDS,
    NetworkConfig(kind="markov", order=2),
    sampling=SamplingConfig(primer="nothing"),
)

_SHUFFLED = Preset(
    "shuffled",
    "A low anchor: the notes of the corpus in any order",
    _HOUSE_WORDS,
    NetworkConfig(kind="shuffled"),
)

PRESETS: dict[str, Preset] = {
    each.name: each for each in (_PAPER, _SKULI, _EXPRESSIVE, _HOUSE, *MAGENTA, _MARKOV, _SHUFFLED)
}


def preset(name: str) -> Preset:
    if name not in PRESETS:
        raise PresetError(f"There is no preset {name!r}{nearest(name, list(PRESETS))}.")
    return PRESETS[name]
