"""Unique slugs from the names that people type."""

from django.db.models import QuerySet
from django.utils.text import slugify


def free_slug(name: str, among: QuerySet, *, longest: int = 50) -> str:
    """`name` as a slug that no row of `among` has: "My LSTM" becomes my-lstm, then my-lstm-2."""
    base = slugify(name, allow_unicode=False)[:longest].strip("-") or "untitled"
    existing = set(among.filter(slug__startswith=base).values_list("slug", flat=True))
    if base not in existing:
        return base
    number = 2
    while f"{base}-{number}" in existing:
        number += 1
    return f"{base}-{number}"
