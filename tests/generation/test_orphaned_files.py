"""What a killed process left in the media folder is taken away, and nothing else."""

import os
import time
from datetime import timedelta

import pytest
from django.core.management import call_command

from generation.catalogue.clip_import import import_midi
from generation.catalogue.orphaned_files import sweep_media
from generation.catalogue.rendering import render_clips
from generation.models import Clip

pytestmark = pytest.mark.django_db


@pytest.fixture
def clips(study, songs, renderer, settings):
    """Four clips with their files, and four files of another that nobody kept a row of."""
    import_midi(study, [songs], source="Bach", origin="human")
    render_clips(study)
    for name in ("midi/lost.mid", "masters/lost.flac", "clips/lost.mp3", "clips/lost.opus"):
        (settings.MEDIA_ROOT / name).write_bytes(b"half")
    return Clip.objects.all()


def test_only_what_belongs_to_nothing_goes(clips, stored):
    orphaned = sweep_media(older_than=timedelta(0))
    assert orphaned.sentences() == ["4 unused files deleted (0.0 MB)."]
    assert not [name for name in stored() if "lost" in name]
    for clip in clips:
        assert all(file.storage.exists(file.name) for file in (clip.midi, clip.master, clip.mp3, clip.opus))
    assert sweep_media(older_than=timedelta(0)).sentences() == ["There are no unused files."]


def test_what_was_just_written_may_get_its_row_yet(clips, stored):
    assert sweep_media().files == 0
    assert "midi/lost.mid" in stored()


def test_with_another_database_nothing_is_taken_away(clips, stored):
    before = stored()
    Clip.objects.all().delete()
    orphaned = sweep_media(older_than=timedelta(0))
    assert "nothing was deleted: is this the right database?" in orphaned.sentences()[0]
    assert stored() == before
    assert not sweep_media(older_than=timedelta(0), even_most=True).spared
    assert stored() == []


def test_a_worker_does_it_when_it_starts(clips, stored, settings):
    long_ago = time.time() - 3 * 24 * 3600
    os.utime(settings.MEDIA_ROOT / "midi/lost.mid", (long_ago, long_ago))
    call_command("worker", "--once")
    assert "midi/lost.mid" not in stored()
    assert "masters/lost.flac" in stored()
