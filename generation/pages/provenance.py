"""Where a clip comes from, in words for a page: what its row keeps, flattened and named."""

import re

from generation.models import Clip

NAMES = {
    "made_by": "Made by",
    "file": "File",
    "corpus": "Corpus",
    "fingerprint": "Fingerprint of the corpus",
    "piece": "Piece",
    "piece_sha256": "SHA-256 of the piece",
    "bar": "From bar",
    "start": "From beat",
    "end": "To beat",
    "seconds": "Seconds asked for",
    "seed": "Seed",
    "arrangement": "Arrangement",
    "sampling": "Sampling",
    "policy": "Policy",
    "renderer": "Renderer",
    "soundfont": "Soundfont",
    "soundfont_sha256": "SHA-256 of the soundfont",
    "soundfont_licence": "Licence of the soundfont",
    "soundfont_citation": "Citation of the soundfont",
    "remake_of": "Made anew of clip",
    "lasts": "Seconds that its bars last",
    "sha256": "SHA-256 of the file",
    "midi_sha256": "SHA-256 of the MIDI",
    "loudness": "Loudness",
    "rate": "Samples a second",
}


def provenance_of(clip: Clip) -> list[tuple[str, list[tuple[str, str, bool]]]]:
    """Groups of facts: a heading, and for each fact its name, its value and whether it is code."""
    named_already = {"rendering", "run"} if clip.source.run_id else {"rendering"}
    made = {key: value for key, value in clip.provenance.items() if key not in named_already}
    rendering = dict(clip.provenance.get("rendering", {}))
    hashes = rendering.pop("sha256", {})
    facts = facts_of(rendering)
    if isinstance(hashes, dict):
        facts += [(f"SHA-256 of the {form.upper()}", value, True) for form, value in hashes.items()]
    groups = [
        ("How it was made", facts_of({"content_sha256": clip.content_sha256} | made)),
        ("How it was rendered", facts),
    ]
    return [group for group in groups if group[1]]


def facts_of(values: dict) -> list[tuple[str, str, bool]]:
    return [
        (name_of(key), value_text(value), is_digest(value))
        for key, value in values.items()
        if value not in (None, "", {}, [])
    ]


def is_digest(value) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[0-9a-f]{40,64}", value) is not None


def name_of(key: str) -> str:
    return (
        {"content_sha256": "SHA-256 of what it is made of"}.get(key)
        or NAMES.get(key)
        or key.replace("_", " ").capitalize()
    )


def value_text(value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, dict):
        return ", ".join(f"{key.replace('_', ' ')} {value_text(inner)}" for key, inner in value.items())
    if isinstance(value, list):
        return ", ".join(map(value_text, value))
    return str(value)
