"""Music: notes, tokens, networks, composing, sound. Knows no Django; usable from a notebook."""

import os

# TensorFlow reports at every start which processor it found and which card it did not; a progress bar is above that.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
