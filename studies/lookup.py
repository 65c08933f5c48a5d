"""Rows by the names that people type: the name itself, or the slug made from it."""

from typing import Any

from django.db import models
from django.db.models import Case, Q, QuerySet, When
from django.utils.translation import gettext as _

from studies.errors import NotThere

MOST_NAMES = 12  # that a sentence lists


class NamedQuerySet(models.QuerySet):
    def named(self, name: str) -> "NamedQuerySet":
        """The rows with this name or slug; one with this name comes first."""
        return self.filter(Q(name=name) | Q(slug=name)).order_by(Case(When(name=name, then=0), default=1))


def find_named(rows: QuerySet, name: str, *, missing: str, none_yet: str) -> Any:
    """The row with this name or slug.

    Otherwise NotThere: `missing` says that there is none and has room for %(name)s. The names that exist follow, or
    `none_yet`, which says what to do where there are none.
    """
    row = rows.named(name).first()
    if row is not None:
        return row
    names = quoted_names(rows)
    advice = _("Choose one of these: %(names)s.") % {"names": names} if names else none_yet
    raise NotThere(f"{missing % {'name': name}} {advice}")


def find_only(rows: QuerySet, name: str, *, missing: str, none_yet: str, several: str) -> Any:
    """The row with this name or slug, or, without a name, the only one; `several` says how to name one of many."""
    if name:
        return find_named(rows, name, missing=missing, none_yet=none_yet)
    first, *others = rows[:2] or [None]
    if first is None:
        raise NotThere(none_yet)
    if others:
        raise NotThere(several % {"names": quoted_names(rows)})
    return first


def quoted_names(rows: QuerySet) -> str:
    """ "Bach", "Our LSTM": the first few, or nothing."""
    return ", ".join(f'"{row.name}"' for row in rows.all()[:MOST_NAMES])
