import os

import pytest

from generation.checks import check_home, check_rendering


def test_a_machine_without_fluidsynth_is_warned(monkeypatch):
    monkeypatch.setenv("PATH", "")
    [warning] = check_rendering(None)
    assert warning.msg.startswith("FluidSynth is not installed: sudo apt-get install fluidsynth")


def test_a_soundfont_that_is_not_there_is_warned_of(settings):
    settings.SOUNDFONT = "/nowhere/piano.sf2"
    assert any("/nowhere/piano.sf2 does not exist" in warning.msg for warning in check_rendering(None))


def test_a_folder_that_can_be_made_is_fine(settings, tmp_path):
    settings.HOME = tmp_path / "not" / "there" / "yet"
    assert check_home(None) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_an_error(settings, tmp_path):
    tmp_path.chmod(0o500)
    settings.HOME = tmp_path / "home"
    [error] = check_home(None)
    assert "Set EARWITNESS_HOME" in error.hint
