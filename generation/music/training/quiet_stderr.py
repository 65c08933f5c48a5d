"""TensorFlow reports at each start which processor it found and which card not: a progress bar is above that."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

# For what it says later on; what it says while it is loaded heeds no setting.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


@contextmanager
def silence_stderr() -> Iterator[None]:
    """Nothing that libraries write to the standard error reaches it meanwhile; exceptions do."""
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
