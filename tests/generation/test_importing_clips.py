import copy
import io
import zipfile

import numpy as np
import pytest
import soundfile

from generation.catalogue import clips
from generation.catalogue.clip_import import import_midi
from generation.catalogue.errors import CatalogueError
from generation.models import Clip, Source
from generation.music.corpora.archives import ArchiveError
from generation.music.score.arrangement import Arrangement
from generation.music.score.notes import NOTE, Piece, read_midi, write_midi
from tests.generation.conftest import song

pytestmark = pytest.mark.django_db


def recording(form: str = "WAV") -> bytes:
    file = io.BytesIO()
    soundfile.write(file, np.sin(np.arange(44_100) / 20) / 2, 44_100, format=form)
    return file.getvalue()


def test_midi_and_audio_become_clips_with_their_files(study, songs):
    (songs / "take.wav").write_bytes(recording())
    import_midi(study, [songs], source="Elsewhere", origin="ai", description="A model", licence="CC BY")
    source = Source.objects.get()
    assert (source.origin, source.description, source.licence) == ("ai", "A model", "CC BY")
    assert [clip.title for clip in source.clips.all()] == ["song 1", "song 2", "song 3", "song 4", "take"]
    first, last = source.clips.first(), source.clips.last()
    assert first.midi.read() == song(1)
    assert (bool(last.midi), last.recording.read()) == (False, recording())


def test_files_have_opaque_names(study, songs, stored):
    import_midi(study, [songs], source="Elsewhere", origin="ai")
    for name in stored():
        assert len(name) == len("midi/") + 32 + len(".mid")
        assert "song" not in name


def test_the_same_content_is_one_clip_whatever_it_is_called(study, songs):
    import_midi(study, [songs], source="Elsewhere", origin="ai")
    (songs / "again.mid").write_bytes(song(1))
    added = import_midi(study, [songs], source="Elsewhere", origin="ai")
    assert Clip.objects.count() == 4
    assert added.sentences() == ['5 clips were already in "Elsewhere" and were not added again.']


def test_what_cannot_be_taken_is_listed_and_the_rest_goes_on(study, tmp_path):
    with zipfile.ZipFile(tmp_path / "clips.zip", "w") as archive:
        archive.writestr("good.mid", song(1))
        archive.writestr("song.wav", song(2))  # what it is decides, not what it is called
        archive.writestr("empty.mid", b"")
        archive.writestr("half.mid", song(3)[:200])
        archive.writestr("notes.txt", b"remember the milk")
        archive.writestr("noise.mp3", b"\x00" * 500)
        archive.writestr("../../escape.mid", song(4))
        archive.writestr("inner.zip", b"PK")
    added = import_midi(study, [tmp_path / "clips.zip"], source="Elsewhere", origin="ai")
    assert sorted(clip.title for clip in added.clips) == ["good", "song"]
    assert dict(added.refused) == {
        "../../escape.mid": "has a name that points outside the zip.",
        "empty.mid": "is empty.",
        "half.mid": "is damaged: its MIDI data cannot be read to the end.",
        "inner.zip": "is a zip inside the zip. Unpack it first.",
        "noise.mp3": "could not be read as audio. Use WAV, FLAC, OGG or MP3.",
        "notes.txt": "is neither a MIDI file nor an audio file (WAV, FLAC, OGG or MP3).",
    }


def test_files_that_lie_over_one_another_are_no_zip_of_music(study, tmp_path):
    path = tmp_path / "quine.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("song.mid", song(1))
        for number in range(200):  # each of them the same bytes of the file
            archive.filelist.append(copy.copy(archive.filelist[0]))
            archive.filelist[-1].filename = f"song {number}.mid"
    with pytest.raises(CatalogueError, match="its files overlap"):
        import_midi(study, [path], source="Elsewhere", origin="ai")


def test_sound_that_holds_the_end_of_a_zip_is_sound(study, tmp_path):
    with zipfile.ZipFile(tmp_path / "end.zip", "w") as archive:
        archive.writestr("song.mid", song(1))
    (tmp_path / "take.wav").write_bytes(recording() + (tmp_path / "end.zip").read_bytes())
    added = import_midi(study, [tmp_path / "take.wav"], source="Elsewhere", origin="ai")
    assert [clip.title for clip in added.clips] == ["take"]


def test_more_notes_than_can_be_played_are_refused_before_anybody_waits_for_them(study, tmp_path):
    rows = np.zeros(100_000, NOTE)
    rows["start"], rows["duration"] = np.linspace(0, 20, len(rows)), 0.1
    rows["pitch"], rows["velocity"] = 40 + np.arange(len(rows)) % 40, 80
    (tmp_path / "black.mid").write_bytes(write_midi(Piece(rows)))
    (tmp_path / "song.mid").write_bytes(song(1))
    added = import_midi(study, [tmp_path / "black.mid", tmp_path / "song.mid"], source="Elsewhere", origin="ai")
    assert added.refused == [("black.mid", "has 100,000 notes in 20 seconds; up to 1,000 per second can be rendered.")]
    assert len(added.clips) == 1


def test_nothing_at_all_is_an_error_and_leaves_nothing(study, tmp_path, stored):
    (tmp_path / "letter.mid").write_text("Dear all")
    with pytest.raises(CatalogueError, match=r"No clips were imported\. letter\.mid is not a MIDI file"):
        import_midi(study, [tmp_path / "letter.mid"], source="Elsewhere", origin="ai")
    with pytest.raises(ArchiveError, match="does not exist"):
        import_midi(study, [tmp_path / "nowhere"], source="Elsewhere", origin="ai")
    (tmp_path / "empty").mkdir()
    with pytest.raises(CatalogueError, match="There are no files in"):
        import_midi(study, [tmp_path / "empty"], source="Elsewhere", origin="ai")
    assert not Source.objects.exists()
    assert stored() == []


def test_an_import_that_breaks_off_leaves_nothing(study, songs, stored, monkeypatch):
    def broken(*args):
        raise OSError("the disk is full")

    monkeypatch.setattr(clips, "_keep_rows", broken)
    with pytest.raises(OSError, match="full"):
        import_midi(study, [songs], source="Elsewhere", origin="ai")
    assert (Clip.objects.count(), Source.objects.count(), stored()) == (0, 0, [])


def test_too_many_files_are_no_clips(study, songs, monkeypatch):
    monkeypatch.setattr("generation.catalogue.clip_import.MOST_FILES", 3)
    with pytest.raises(CatalogueError, match=r"There are 4 files in songs\. Import up to 3"):
        import_midi(study, [songs], source="Elsewhere", origin="ai")


def test_progress_is_told_file_by_file(study, songs):
    told = []
    import_midi(study, [songs], source="Elsewhere", origin="ai", progress=lambda *step: told.append(step))
    assert told == [(1, 4, "files"), (2, 4, "files"), (3, 4, "files"), (4, 4, "files")]


@pytest.mark.parametrize(("origin", "name", "reason"), [("alien", "X", "is not an origin"), ("ai", " ", "has no name")])
def test_a_source_needs_a_name_and_a_known_origin(origin, name, reason, study, songs):
    with pytest.raises(CatalogueError, match=reason):
        import_midi(study, [songs], source=name, origin=origin)


def test_the_same_file_made_otherwise_is_another_clip(study, songs):
    import_midi(study, [songs / "song 1.mid"], source="Elsewhere", origin="ai")
    arrangement = Arrangement(bars=4, cut="drawn", tempo=90)
    import_midi(study, [songs / "song 1.mid"], source="Elsewhere", origin="ai", arrangement=arrangement)
    again = import_midi(study, [songs / "song 1.mid"], source="Elsewhere", origin="ai", arrangement=arrangement)
    assert (Clip.objects.count(), again.already) == (2, ["song 1.mid"])
    whole, cut = Clip.objects.all()
    assert (read_midi(cut.midi.read()).beats, cut.provenance["arrangement"]["tempo"]) == (16, 90)
    assert whole.content_sha256 != cut.content_sha256
