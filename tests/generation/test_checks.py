import os

import pytest

from generation.checks import what_renders, where_things_are_kept


def test_a_machine_without_fluidsynth_is_warned(monkeypatch):
    monkeypatch.setenv("PATH", "")
    [warning] = what_renders(None)
    assert warning.msg == "FluidSynth is not installed."
    assert "apt-get install fluidsynth" in warning.hint


def test_a_soundfont_that_is_not_there_is_warned_of(settings):
    settings.SOUNDFONT = "/nowhere/piano.sf2"
    assert any("/nowhere/piano.sf2 does not exist" in warning.msg for warning in what_renders(None))


def test_a_folder_that_can_be_made_is_fine(settings, tmp_path):
    settings.HOME = tmp_path / "not" / "there" / "yet"
    assert where_things_are_kept(None) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_an_error(settings, tmp_path):
    tmp_path.chmod(0o500)
    settings.HOME = tmp_path / "home"
    [error] = where_things_are_kept(None)
    assert "Set EARWITNESS_HOME" in error.hint
