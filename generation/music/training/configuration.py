"""What a preset is made of: words, network, training and sampling, each value with its meaning beside it.

A preset says everything that a run needs beside the corpus and a seed, and is written whole into the run folder. The
network is described as a list of layers (`Preset.layers`), from which both Keras and the numpy stepper are built.
"""

import difflib
from dataclasses import Field, asdict, dataclass, field, fields, replace
from typing import Any

from generation.music.tokens.encodings import ENCODINGS, Encoding, FedByHistory
from studies.errors import EarwitnessError

TRUE, FALSE = {"yes", "true", "on", "1"}, {"no", "false", "off", "0"}


class PresetError(EarwitnessError):
    """A preset or a value that does not exist or makes no sense, in one sentence for a person."""


def value(
    default: Any,
    meaning: str = "",
    *,
    least: float | None = None,
    most: float | None = None,
    among: tuple[str, ...] = (),
) -> Any:
    """A field that knows what it means and what may be typed into it."""
    return field(default=default, metadata={"meaning": meaning, "least": least, "most": most, "among": among})


@dataclass(frozen=True)
class NetworkConfig:
    kind: str = value("lstm", "markov and shuffled are counted, not trained", among=("lstm", "markov", "shuffled"))
    feed: str = value(
        "embedding",
        "input of the network; scale: token / vocabulary size; history: counted from all tokens before",
        among=("embedding", "onehot", "scale", "history"),
    )
    embedding: int = value(128, "size of a token's vector", least=1, most=8192)
    layers: int = value(2, "number of LSTM layers", least=1, most=32)
    units: int = value(256, "units of each LSTM layer", least=1, most=8192)
    attention: int = value(
        0, "number of earlier outputs that the first LSTM attends to; 0: no attention", least=0, most=1000
    )
    recurrent_dropout: float = value(0.0, "dropout within an LSTM, from step to step", least=0, most=0.95)
    last_recurrent_dropout: float = value(0.0, "the same, for the last LSTM", least=0, most=0.95)
    between_dropout: float = value(0.0, "dropout after the embedding and between LSTMs", least=0, most=0.95)
    batchnorm: bool = value(False, "batch normalisation after the LSTMs and after the dense layer")
    dropout: float = value(0.0, "dropout after the LSTMs and after the dense layer", least=0, most=0.95)
    dense: int = value(0, "units of a ReLU layer before the softmax; 0: none", least=0, most=65_536)
    l2: float = value(0.0, "L2 regularisation of LSTM and dense layers", least=0)
    prior: bool = value(False, "the softmax starts from the frequency of each word, not from zero")
    order: int = value(2, "markov: number of earlier tokens it depends on", least=0, most=16)


@dataclass(frozen=True)
class TrainingConfig:
    targets: str = value(
        "every", "what is predicted: every token of a window, or only the one after it", among=("every", "last")
    )
    carried: bool = value(True, "the state is carried from window to window; otherwise each window starts from zero")
    window: int = value(64, "tokens in a window", least=1, most=65_536)
    stride: int = value(1, "tokens from the start of one window to the next, if the state is not carried", least=1)
    batch: int = value(32, "windows per update", least=1, most=65_536)
    micro_batch: int = value(0, "windows in memory at once, with the same result; 0: the whole batch", least=0)
    devices: int = value(1, "number of GPUs that share a batch, with the same result", least=1, most=64)
    epochs: int = value(20, "passes through the corpus", least=1)
    minutes: float = value(0.0, "stop after this many minutes; 0: no limit", least=0)
    optimizer: str = value("adam", "how the weights are updated", among=("adam", "rmsprop", "sgd"))
    learning_rate: float = value(2e-3, "size of each update", least=0)
    decay: str = value(
        "cosine", "how the learning rate falls to its last value", among=("constant", "cosine", "exponential")
    )
    last_learning_rate: float = value(
        0.02, "learning rate at the end, as a share of the first; unused if constant", least=0, most=1
    )
    warmup: int = value(0, "updates until the full learning rate is reached", least=0)
    clipnorm: float = value(0.0, "maximum norm of the gradient; 0: no limit", least=0)
    transpose: int = value(
        0, "transpose each piece by up to this many semitones, at random in each epoch", least=0, most=12
    )
    stretch: float = value(
        0.0, "speed each piece up or down by up to this share, at random in each epoch", least=0, most=0.5
    )
    unknown: float = value(
        0.0, "share of the words that occur once that are read as unknown, at random in each epoch", least=0, most=1
    )
    validation: float = value(0.1, "share of the pieces held out for validation", least=0, most=0.9)
    split: int = value(1, "seed for choosing those pieces, independent of the training's seed", least=0)
    validation_targets: int = value(0, "validate on at most this many tokens, evenly spread; 0: all", least=0)
    validation_from: int = value(0, "tokens at the start of a held-out piece that do not count", least=0)
    evaluations: int = value(1, "validations per epoch", least=1)
    patience: int = value(0, "stop after this many validations without a better loss; 0: never", least=0)
    checkpoint_minutes: float = value(10.0, "minutes between checkpoints within a long epoch", least=0)
    mixed_precision: bool = value(False, "multiply in 16 bits, for GPUs and processors with support for it")
    compiled: str = value("auto", "compile with XLA; auto: if there is a GPU", among=("auto", "yes", "no"))


@dataclass(frozen=True)
class SamplingConfig:
    temperature: float = value(1.0, "lower is safer, higher is more varied; 0: always the most likely token", least=0)
    top_k: int = value(0, "choose among this many of the most likely tokens; 0: all", least=0)
    top_p: float = value(1.0, "choose among the most likely tokens with this total probability", least=0, most=1)
    reread: bool = value(False, "read the whole window again for each token, as in training; otherwise carry the state")
    primer: str = value(
        "nothing", "music read before the clip starts, not part of it", among=("nothing", "training", "held-out")
    )
    primer_beats: float = value(16.0, "length of that music in beats, if the state is carried", least=0)


PARTS = {"network": NetworkConfig, "training": TrainingConfig, "sampling": SamplingConfig}


@dataclass(frozen=True)
class Value:
    """One value of a preset, as a page shows it."""

    key: str
    value: Any
    meaning: str
    among: tuple[str, ...] = ()  # where there is a choice

    @property
    def text(self) -> str:
        """As one would type it."""
        if isinstance(self.value, bool):
            return "yes" if self.value else "no"
        return f"{self.value:g}" if isinstance(self.value, float) else str(self.value)


@dataclass(frozen=True)
class Preset:
    name: str
    summary: str
    encoding: Encoding
    network: NetworkConfig = NetworkConfig()
    training: TrainingConfig = TrainingConfig()
    sampling: SamplingConfig = SamplingConfig()

    def values(self) -> dict[str, Any]:
        """Everything that can be set, under flat keys."""
        flat = {"encoding": self.encoding.name}
        for part in (self.encoding, *(getattr(self, part) for part in PARTS)):
            flat |= {each.name: getattr(part, each.name) for each in _value_fields(part)}
        return flat

    def described_values(self) -> list[tuple[str, list[Value]]]:
        """The same, part by part, with what each means, for a person to change."""
        parts = [("encoding", self.encoding), *((part, getattr(self, part)) for part in PARTS)]
        return [
            (
                part,
                [
                    Value(
                        each.name, getattr(config, each.name), each.metadata.get("meaning", ""), _choices(each, config)
                    )
                    for each in _value_fields(config)
                ],
            )
            for part, config in parts
        ]

    def with_values(self, values: dict[str, Any]) -> "Preset":
        """The same recipe with other values: flat keys, values as typed or as they are."""
        preset = self
        if "encoding" in values:
            preset = replace(preset, encoding=_encoding(values["encoding"]))
        for key, typed in values.items():
            if key == "encoding":
                continue
            for part in ("encoding", *PARTS):
                config = getattr(preset, part)
                known = {each.name: each for each in _value_fields(config)}
                if key in known:
                    changed = replace(config, **{key: _parse(key, typed, known[key], getattr(config, key))})
                    preset = replace(preset, **{part: changed})
                    break
            else:
                raise PresetError(f"The preset {self.name} has no value {key!r}{nearest(key, list(self.values()))}.")
        return preset

    def check(self) -> None:
        """`PresetError` where values that are possible one by one do not go together."""
        if self.in_one_key and self.training.transpose:
            raise PresetError("one_key and transpose contradict each other. Set one_key=no or transpose=0.")
        for low, high in (("lowest", "highest"), ("low", "high")):
            pitches = getattr(self.encoding, low, 0), getattr(self.encoding, high, 127)
            if pitches[1] - pitches[0] < 12:
                raise PresetError(
                    f"{low} and {high} must be at least an octave apart, not {pitches[0]} and {pitches[1]}."
                )
        _feed(self, 1)

    @property
    def in_one_key(self) -> bool:
        """Every piece is moved to C major or A minor."""
        return getattr(self.encoding, "one_key", False)

    def layers(self, vocabulary_size: int) -> list[dict[str, Any]]:
        """The network as data, from the token to the softmax; `layers` and `stepper` say what each kind means."""
        network = self.network
        layers: list[dict[str, Any]] = [_feed(self, vocabulary_size)]
        if network.between_dropout and network.feed == "embedding":
            layers.append({"kind": "dropout", "rate": network.between_dropout})
        for number in range(1, network.layers + 1):
            last = number == network.layers
            rate = network.last_recurrent_dropout if last else network.recurrent_dropout
            if network.attention and number == 1:
                layers.append({"kind": "attention", "units": [network.units], "length": network.attention})
            else:
                layers.append({"kind": "lstm", "units": network.units, "recurrent_dropout": rate, "l2": network.l2})
            if network.between_dropout and not last:
                layers.append({"kind": "dropout", "rate": network.between_dropout})
        rest: list[dict[str, Any]] = [{"kind": "batchnorm"}] if network.batchnorm else []
        rest += [{"kind": "dropout", "rate": network.dropout}] if network.dropout else []
        layers += rest
        if network.dense:
            layers.append({"kind": "dense", "units": network.dense, "activation": "relu", "l2": network.l2})
            layers += rest
        layers.append({"kind": "dense", "units": vocabulary_size, "activation": "softmax", "l2": network.l2})
        return layers

    def to_dict(self) -> dict[str, Any]:
        """For the run folder: every value, also the ones that are as always."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Preset":
        try:
            encoding = _encoding(data["encoding"]["name"])
            parts = {part: config(**data[part]) for part, config in PARTS.items()}
            preset = cls(data["name"], data["summary"], replace(encoding, **data["encoding"]), **parts)
        except (KeyError, TypeError) as error:
            raise PresetError(f"The preset was written by another version of Earwitness: {error}.") from error
        usual = cls(preset.name, preset.summary, encoding)
        return usual.with_values(preset.values())  # which may be anything, in a file from elsewhere


def _feed(preset: Preset, vocabulary_size: int) -> dict[str, Any]:
    feed, encoding = preset.network.feed, preset.encoding
    if feed == "embedding":
        return {"kind": "embedding", "vocabulary": vocabulary_size, "width": preset.network.embedding}
    if feed == "history":
        if not isinstance(encoding, FedByHistory):
            raise PresetError(f"The encoding {encoding.name} has no history to feed. Set feed=onehot.")
        return {"kind": "history", "width": encoding.inputs}
    return {"kind": feed, "vocabulary": vocabulary_size}


def _choices(known: Any, config: Any) -> tuple[str, ...]:
    is_switch = isinstance(getattr(config, known.name), bool)
    return ("yes", "no") if is_switch else known.metadata.get("among", ())


def _value_fields(config: Any) -> list[Field[Any]]:
    return [each for each in fields(config) if each.name != "name"]


def _encoding(name: str) -> Encoding:
    if name not in ENCODINGS:
        raise PresetError(f"There is no encoding {name!r}{nearest(name, list(ENCODINGS))}.")
    return ENCODINGS[name]


def _parse(key: str, typed: Any, known: Any, present: Any) -> Any:
    """What was typed, as the kind of value that is there, within its limits."""
    text = ("yes" if typed else "no") if isinstance(typed, bool) else str(typed).strip()
    among = known.metadata.get("among", ())
    if isinstance(present, bool):
        if text.lower() not in TRUE | FALSE:
            raise PresetError(f"{key} must be yes or no, not {text!r}.")
        return text.lower() in TRUE
    if among:
        if text not in among:
            raise PresetError(f"{key} must be {' or '.join(among)}, not {text!r}.")
        return text
    if not isinstance(present, int | float):
        return text
    try:
        number = type(present)(text)
    except (ValueError, OverflowError):
        kind = "a whole number" if isinstance(present, int) else "a number"
        raise PresetError(f"{key} must be {kind}, not {text!r}.") from None
    least, most = known.metadata.get("least"), known.metadata.get("most")
    # Written this way round, so that "nan" is refused too.
    if not ((least is None or number >= least) and (most is None or number <= most) and abs(number) < float("inf")):
        limits = (
            f"from {least:g} to {most:g}" if most is not None else f"{least:g} or more" if least is not None else ""
        )
        raise PresetError(f"{key} must be {limits or 'a finite number'}, not {text}.")
    return number


def nearest(name: str, known: list[str]) -> str:
    """The end of a sentence about a name that does not exist: which ones do, nearest first."""
    ordered = difflib.get_close_matches(name, known, n=len(known), cutoff=0.0)
    more = f" and {len(ordered) - 8} more" if len(ordered) > 9 else ""
    return f"; there is {', '.join(ordered[:8] if more else ordered)}{more}"
