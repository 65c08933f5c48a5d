"""Soundfonts that people bring: looked into, played, kept, and shown with their licence."""

import shutil
import struct
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from generation.catalogue import soundfont_import as module
from generation.catalogue.clip_import import import_midi
from generation.catalogue.errors import CatalogueError
from generation.catalogue.rendering import render_clips
from generation.catalogue.soundfont_import import add_soundfont
from generation.catalogue.soundfonts import fonts_of, remove_soundfont
from generation.models import Clip, Soundfont
from generation.music.audio.renderer import check_renderer
from studies.errors import NotThere

pytestmark = pytest.mark.django_db
needs_sound = pytest.mark.skipif(bool(check_renderer()), reason="FluidSynth, a soundfont and libopus are needed")


def tiny_soundfont(version: int = 2) -> bytes:
    """SF2 with one looped square wave for all keys: small enough to be written here."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)

    def listed(kind: bytes, *chunks: bytes) -> bytes:
        return chunk(b"LIST", kind + b"".join(chunks))

    def called(name: str) -> bytes:
        return name.encode().ljust(20, b"\0")

    wave = struct.pack("<400h", *([8000] * 50 + [-8000] * 50) * 4) + bytes(92)
    info = listed(
        b"INFO",
        chunk(b"ifil", struct.pack("<HH", version, 1)),
        chunk(b"isng", b"E-mu 10K1\0"),
        chunk(b"INAM", b"Tiny\0\0"),
    )
    presets = listed(
        b"pdta",
        chunk(
            b"phdr",
            called("Tiny")
            + struct.pack("<HHHIII", 0, 0, 0, 0, 0, 0)
            + called("EOP")
            + struct.pack("<HHHIII", 0, 0, 1, 0, 0, 0),
        ),
        chunk(b"pbag", struct.pack("<HHHH", 0, 0, 1, 0)),
        chunk(b"pmod", bytes(10)),
        chunk(b"pgen", struct.pack("<HHHH", 41, 0, 0, 0)),  # the instrument
        chunk(b"inst", called("Tiny") + struct.pack("<H", 0) + called("EOI") + struct.pack("<H", 1)),
        chunk(b"ibag", struct.pack("<HHHH", 0, 0, 2, 0)),
        chunk(b"imod", bytes(10)),
        chunk(b"igen", struct.pack("<HHHHHH", 54, 1, 53, 0, 0, 0)),  # looped; the sample
        chunk(
            b"shdr",
            called("Square")
            + struct.pack("<IIIIIBbHH", 0, 400, 100, 300, 44_100, 69, 0, 0, 1)
            + called("EOS")
            + bytes(26),
        ),
    )
    body = b"sfbk" + info + listed(b"sdta", chunk(b"smpl", wave)) + presets
    return b"RIFF" + struct.pack("<I", len(body)) + body


@pytest.fixture
def tiny(tmp_path) -> Path:
    path = tmp_path / "tiny.sf2"
    path.write_bytes(tiny_soundfont())
    return path


@pytest.fixture
def unplayed(monkeypatch):
    """Where what is tested is not whether it can be played."""
    monkeypatch.setattr(module, "check_sound", lambda path, called: None)


@needs_sound
def test_one_that_is_brought_is_played_kept_and_named_in_provenance(study, tiny, songs):
    added = add_soundfont(study, tiny, licence="CC0", citation="Me 2024")
    assert (added.soundfont.name, added.soundfont.kind, added.is_new) == ("tiny", "sf2", True)
    import_midi(study, [songs / "song 1.mid"], source="A", origin="ai")
    render_clips(study, seconds=2, soundfont="tiny")
    clip = Clip.objects.get()
    told = clip.provenance["rendering"]
    assert (told["soundfont"], told["soundfont_licence"], told["soundfont_citation"]) == ("tiny", "CC0", "Me 2024")
    assert told["soundfont_sha256"] == added.soundfont.sha256
    assert clip.soundfont == added.soundfont

    import_midi(study, [songs / "song 2.mid"], source="A", origin="ai")
    render_clips(study)  # as the other clips of the study
    assert Clip.objects.get(number=2).soundfont == added.soundfont


@needs_sound
def test_the_licence_of_an_installed_one_is_known_too(study, songs):
    import_midi(study, [songs / "song 1.mid"], source="A", origin="ai")
    render_clips(study, seconds=2)
    told = Clip.objects.get().provenance["rendering"]
    assert told["soundfont"] == fonts_of(study)[0].name
    assert told.get("soundfont_licence", "") == fonts_of(study)[0].licence


@needs_sound
def test_one_that_cannot_be_played_is_refused_with_the_reason(study, tmp_path):
    hollow = tmp_path / "hollow.sf2"
    body = b"sfbk" + b"LIST" + struct.pack("<I", 16) + b"INFOifil" + struct.pack("<IHH", 4, 2, 1)
    hollow.write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
    with pytest.raises(CatalogueError, match=r"^hollow\.sf2 cannot be played\. "):
        add_soundfont(study, hollow, licence="CC0")
    assert not Soundfont.objects.exists()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"RIFF\x04\0\0\0WAVE", "is not a soundfont"),
        (b"", "is not a soundfont"),
        (b"MThd" + bytes(100), "is not a soundfont"),
        (tiny_soundfont()[:-500], "is incomplete: it has"),
        (tiny_soundfont(version=7), "has an unknown version"),
    ],
)
def test_what_is_no_soundfont_is_refused_by_what_is_in_it(study, tmp_path, data, said, home):
    path = tmp_path / "font.sf2"
    path.write_bytes(data)
    with pytest.raises(CatalogueError, match=said):
        add_soundfont(study, path, licence="CC0")
    assert not (home / "soundfonts").exists()


def test_one_that_is_too_large_is_refused_before_it_is_read(study, tiny, monkeypatch):
    monkeypatch.setattr(module, "LARGEST", 100)
    with pytest.raises(CatalogueError, match="A soundfont can be up to"):
        add_soundfont(study, tiny, licence="CC0")


def test_the_same_file_again_is_there_already(study, tiny, unplayed):
    add_soundfont(study, tiny, licence="CC0")
    again = add_soundfont(study, tiny, name="Other", licence="CC0")
    assert (again.is_new, again.soundfont.name) == (False, "tiny")
    with pytest.raises(CatalogueError, match="Enter the licence of the soundfont"):
        add_soundfont(study, tiny, licence=" ")


def test_it_stays_while_a_clip_is_played_with_it(study, tiny, unplayed, songs, renderer):
    soundfont = add_soundfont(study, tiny, licence="CC0").soundfont
    import_midi(study, [songs / "song 1.mid"], source="A", origin="ai")
    Clip.objects.update(soundfont=soundfont)
    with pytest.raises(CatalogueError, match='"tiny" cannot be deleted because 1 clip uses it'):
        remove_soundfont(soundfont)
    Clip.objects.update(soundfont=None)
    remove_soundfont(soundfont)
    assert not soundfont.path.exists()


def test_two_studies_may_bring_the_same_file_and_each_takes_away_its_own(study, tiny, unplayed):
    from studies.models import Study

    mine = add_soundfont(study, tiny, licence="CC0").soundfont
    other = add_soundfont(Study.objects.create(name="Other"), tiny, licence="CC0").soundfont
    remove_soundfont(mine)
    assert other.path.exists()


def test_a_study_goes_with_its_soundfonts_and_clips(study, tiny, unplayed, songs, renderer):
    soundfont = add_soundfont(study, tiny, licence="CC0").soundfont
    import_midi(study, [songs / "song 1.mid"], source="A", origin="ai")
    Clip.objects.update(soundfont=soundfont)
    study.delete()
    assert not Clip.objects.exists()


def test_soundfonts_are_brought_listed_and_removed_in_a_terminal(study, tiny, unplayed, capsys):
    call_command("add_soundfont", str(tiny), licence="CC BY 3.0", name="Old piano")
    call_command("soundfonts")
    assert "Old piano (CC BY 3.0)" in capsys.readouterr().out
    call_command("remove_soundfont", "old-piano")
    with pytest.raises(CommandError, match='There is no soundfont "old-piano"'):
        call_command("remove_soundfont", "old-piano")


def test_soundfonts_are_brought_and_removed_on_a_page(client, editor, viewer, study, unplayed, settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    page = reverse("generation:soundfonts", args=[study.slug])
    upload = {"file": SimpleUploadedFile("tiny.sf2", tiny_soundfont()), "licence": "CC0"}
    client.force_login(viewer)
    assert client.post(page, upload).status_code == 403
    client.force_login(editor)
    upload["file"].seek(0)
    said = client.post(page, upload, follow=True).content.decode()
    assert "Soundfont &quot;tiny&quot; added" in said
    choice = client.get(reverse("generation:upload", args=[study.slug])).content.decode()
    assert '<option value="tiny">tiny (CC0)</option>' in choice
    bad = {"file": SimpleUploadedFile("notes.sf2", b"milk"), "licence": "CC0"}
    assert "notes.sf2 is not a soundfont" in client.post(page, bad, follow=True).content.decode()
    client.post(reverse("generation:soundfont_remove", args=[study.slug, "tiny"]))
    assert not Soundfont.objects.exists()


def test_a_name_from_a_page_is_no_path_on_the_server(study, songs, tiny, renderer):
    import_midi(study, [songs / "song 1.mid"], source="A", origin="ai")
    with pytest.raises(NotThere, match="There is no soundfont"):
        render_clips(study, soundfont=str(tiny))


def test_a_half_copied_file_is_never_taken_for_a_whole_one(study, tiny, unplayed, monkeypatch):
    def interrupted(source, target):
        Path(target).write_bytes(b"RIFF")
        raise OSError("disk full")

    monkeypatch.setattr(shutil, "copyfile", interrupted)
    with pytest.raises(OSError, match="disk full"):
        add_soundfont(study, tiny, licence="CC0")
    monkeypatch.undo()
    monkeypatch.setattr(module, "check_sound", lambda path, called: None)
    assert add_soundfont(study, tiny, licence="CC0").soundfont.path.read_bytes() == tiny.read_bytes()
