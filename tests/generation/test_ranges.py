"""Which bytes a Range header asks for (RFC 9110, section 14)."""

import pytest

from generation.audio_response import RangeError, byte_range


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("", None),
        ("bytes=0-", (0, 999)),
        ("bytes=0-1", (0, 1)),  # Safari's first question
        ("bytes=500-599", (500, 599)),
        ("bytes=990-5000", (990, 999)),
        ("bytes=-10", (990, 999)),
        ("bytes=-5000", (0, 999)),
        ("bytes=999-999", (999, 999)),
        ("bytes=5-3", None),  # no range: ignored
        ("bytes=-", None),
        ("bytes=a-b", None),
        ("bytes=0-1,5-6", None),  # several: the whole file is a proper answer
        ("seconds=0-1", None),
        ("bytes=" + "9" * 500 + "-", None),
    ],
)
def test_ranges_of_a_file_of_a_thousand_bytes(header, wanted):
    assert byte_range(header, 1000) == wanted


@pytest.mark.parametrize("header", ["bytes=1000-", "bytes=5000-6000", "bytes=-0"])
def test_ranges_outside_the_file_are_refused(header):
    with pytest.raises(RangeError):
        byte_range(header, 1000)
