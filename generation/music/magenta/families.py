"""The networks that Magenta published, told apart by how many inputs and classes they have."""

from dataclasses import dataclass

from generation.music.magenta.errors import BundleError
from generation.music.magenta.recognition import MagentaNetwork


@dataclass(frozen=True)
class Family:
    name: str  # Magenta's own
    encoding: str  # of ours, in `encodings.ENCODINGS`
    preset: str  # ours, that trains one


FAMILIES = {
    (38, 38): Family("basic_rnn", "melody", "magenta-basic"),
    (130, 130): Family("mono_rnn", "melody-all", "magenta-mono"),
    (90, 90): Family("melody_rnn", "melody-piano", "magenta-mono"),  # of magenta.js: the 88 keys of a piano
    (121, 40): Family("lookback_rnn", "melody-lookback", "magenta-lookback"),
    (74, 40): Family("attention_rnn", "melody-key", "magenta-attention"),
    (356, 356): Family("performance", "performance", "magenta-performance"),
    (388, 388): Family("performance_with_dynamics", "performance-dynamics", "magenta-performance"),
    (259, 259): Family("polyphony_rnn", "polyphony", "magenta-polyphony"),
}

# Recognised, so that the answer can be plain.
OTHERS = {
    (16, 388): "a performance network with modulo encoding",
    (396, 388): "a performance network conditioned on note density",
    (400, 388): "a performance network conditioned on pitches",
    (408, 388): "a performance network conditioned on density and pitches",
    (409, 388): "a performance network conditioned on density and pitches",
    (315, 315): "a performance network with note encoding",
    (87, 38): "an improv network, which needs chords to play to",
    (123, 40): "an improv network, which needs chords to play to",
    (75, 38): "an improv network, which needs chords to play to",
    (518, 512): "a drum network",
    (512, 512): "a drum network",
}


def find_family(network: MagentaNetwork) -> Family:
    sizes = (network.inputs, network.classes)
    if sizes in FAMILIES:
        return FAMILIES[sizes]
    known = ", ".join(
        f"{family.name} ({inputs} inputs, {classes} classes)" for (inputs, classes), family in FAMILIES.items()
    )
    if sizes in OTHERS:
        raise BundleError(f"This is {OTHERS[sizes]}, which cannot be used for composing. Supported are {known}.")
    raise BundleError(
        f"The network has {sizes[0]} inputs and {sizes[1]} classes, which no network published by Magenta has. "
        f"Supported are {known}."
    )
