"""The sustain pedal: notes that sound on after their key was let go. Times in any unit, arrays in and out.

As note_seq reads it: a note that is let go while the pedal is down sounds until the pedal comes up, or until its key is
struck again.
"""

import numpy as np

SUSTAIN = 64  # the controller
DOWN_FROM = 64  # of its values, 0 to 127


def sounding_ends(
    starts: np.ndarray, ends: np.ndarray, pitches: np.ndarray, times: np.ndarray, values: np.ndarray
) -> np.ndarray:
    """Until when each note of a track sounds.

    Parameters
    ----------
    starts, ends, pitches : of the notes, in any order
    times, values : of the messages of the pedal

    Returns
    -------
    ends (notes,): as they were without a pedal. A pedal that never comes up holds until the last note has ended.
    """
    down, up = _hold(times, values, last=max(int(ends.max(initial=0)), int(times.max(initial=0))))
    if not len(down):
        return ends
    sounding = np.where(_is_down(ends, down, up), up[_turn(ends, down)], ends)
    struck = np.flatnonzero(_is_down(starts, down, up))  # only a key that is struck into the pedal ends what it holds
    width = int(max(starts.max(), sounding.max())) + 1
    keys = np.sort(pitches[struck].astype(np.int64) * width + starts[struck])
    own = pitches.astype(np.int64) * width
    after = np.searchsorted(keys, own + starts, side="right")
    again = np.append(keys, np.iinfo(np.int64).max)[after] - own
    return np.where(again < sounding, again, sounding)


def _hold(times: np.ndarray, values: np.ndarray, *, last: int) -> tuple[np.ndarray, np.ndarray]:
    """When the pedal goes down, and when it comes up again."""
    pressed = values >= DOWN_FROM
    order = np.lexsort((~pressed, times))  # of two messages at one time that which presses comes first
    times, pressed = times[order], pressed[order]
    changes = np.flatnonzero(np.diff(pressed.astype(int), prepend=0))
    turns = np.append(times[changes], last)
    return turns[:-1][::2], turns[1 : 2 * ((len(changes) + 1) // 2) : 2]


def _turn(at: np.ndarray, down: np.ndarray) -> np.ndarray:
    """The last time that the pedal went down before each of `at`, or with it; the first where there is none."""
    return np.maximum(np.searchsorted(down, at, side="right") - 1, 0)


def _is_down(at: np.ndarray, down: np.ndarray, up: np.ndarray) -> np.ndarray:
    turn = _turn(at, down)
    return (down[turn] <= at) & (at < up[turn])
