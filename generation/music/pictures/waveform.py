"""A picture of a sound: the outline of its amplitude, as tall as its loudest place. Numbers in, SVG out."""

from collections.abc import Sequence


def waveform(outline: Sequence[int], *, width: int = 1000, height: int = 80, label: str = "Waveform") -> str:
    """Amplitudes of 0 to 100 as a symmetrical shape; the colour is that of the page, through the class `wave`."""
    if not outline:
        return ""
    middle, step = height / 2, width / len(outline)
    tall = [max(amplitude / max(max(outline), 1) * (middle - 1), 0.5) for amplitude in outline]
    above = " ".join(f"{number * step:.5g},{middle - half:.4g}" for number, half in enumerate(tall))
    below = " ".join(f"{number * step:.5g},{middle + half:.4g}" for number, half in reversed(list(enumerate(tall))))
    return (
        f'<svg class="wave" viewBox="0 0 {width} {height}" preserveAspectRatio="none" role="img" aria-label="{label}">'
        f'<polygon points="{above} {below}"/></svg>'
    )
