"""Magenta's own files, read without Magenta and without TensorFlow, and written again.

Only tensors are read. A bundle holds a stored graph too, which could run anything; it is never looked at.
"""

from .errors import BundleError
from .files import Files, uploaded
from .reading import Bundle, read_bundle

__all__ = ["Bundle", "BundleError", "Files", "read_bundle", "uploaded"]
