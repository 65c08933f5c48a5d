"""Magenta's own files, read without Magenta and without TensorFlow, and written again.

Only tensors are read. A bundle holds a stored graph too, which could run anything; it is never looked at.
"""

from generation.music.magenta.bundle_reader import Bundle, read_bundle
from generation.music.magenta.errors import BundleError
from generation.music.magenta.files import Files, uploaded

__all__ = ["Bundle", "BundleError", "Files", "read_bundle", "uploaded"]
