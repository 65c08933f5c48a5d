"""A tenth of `make fuzz`: damaged files are answered in a sentence, whatever damaged them."""

import pytest

from generation.music.audio.renderer import check_renderer
from tests.fuzz.clips import KINDS, read_altered, render_altered


@pytest.mark.parametrize("kind", KINDS)
def test_two_hundred_altered_files_are_read_or_refused(kind, tmp_path):
    folder = tmp_path / "work"
    folder.mkdir()
    answers = read_altered(kind, 200, seed=1, folder=folder)
    assert sum(answers.values()) == 200
    assert answers["read"]
    assert answers["refused"]
    assert not list(folder.iterdir())


@pytest.mark.skipif(bool(check_renderer()), reason="FluidSynth, a soundfont and libopus are needed")
@pytest.mark.parametrize("kind", KINDS)
def test_five_of_them_are_rendered_or_refused(kind, tmp_path):
    answers = render_altered(kind, 5, seed=1, folder=tmp_path)
    assert sum(answers.values()) == 5
    assert answers["rendered"]
