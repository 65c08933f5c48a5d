"""Answers that are files."""

from django.http import HttpResponse


def attachment(content: str | bytes, kind: str, filename: str) -> HttpResponse:
    """Content that a browser saves under this name; `kind` is its media type."""
    headers = {"Content-Disposition": f'attachment; filename="{filename}"'}
    return HttpResponse(content, content_type=kind, headers=headers)
