"""Numbers as tables show them."""

from math import isfinite

from django import template

register = template.Library()


@register.filter
def places(number: float | None, digits: int) -> str:
    """So many digits after the point; a dash for what is unknown or no number."""
    return f"{number:,.{digits}f}" if isinstance(number, int | float) and isfinite(number) else "–"
