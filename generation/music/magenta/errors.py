"""What a bundle may be at most, and the one error for everything that is none."""

from studies.errors import EarwitnessError

LARGEST_FILE = (
    300_000_000  # bytes; the official bundles have up to 30 MB, a training checkpoint three times its network
)
LARGEST_NETWORK = 50_000_000  # numbers; the largest official one has 6 million
MOST_TENSORS = 1_000


class BundleError(EarwitnessError):
    """A file that holds no network we know, in one sentence that says what was found."""
