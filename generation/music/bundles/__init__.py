"""Magenta's own files, read without Magenta and without TensorFlow, and written again.

Only tensors are read. A bundle holds a stored graph too, which could run anything; it is never looked at.
"""

from generation.music.bundles.errors import BundleError
from generation.music.bundles.files import Files, uploaded
from generation.music.bundles.reading import Bundle, read_bundle

__all__ = ["Bundle", "BundleError", "Files", "read_bundle", "uploaded"]
