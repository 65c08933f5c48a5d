"""The commands, as one types them."""

import io
from errno import ENOSPC

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from generation.models import Clip, Corpus, Source
from studies.models import Study

pytestmark = pytest.mark.django_db


def run(*words) -> str:
    out = io.StringIO()
    call_command(*map(str, words), stdout=out, stderr=io.StringIO())
    return out.getvalue()


def test_from_a_folder_to_clips_that_can_be_heard(study, songs, renderer):
    imported = 'Corpus "Songs" imported: 4 pieces, 384 notes, 3 minutes.\n'
    assert run("import_corpus", songs, "--name", "Songs") == imported
    assert run("excerpt", "songs", "--source", "Originals", "--clips", 2, "--seconds", 5).startswith("2 clips added")
    assert run("import_midi", songs, "--source", "Model A", "--origin", "ai", "--citation", "Doe 2024").startswith("4 ")
    assert run("render_clips") == "6 clips of 5 seconds rendered at -19.0 LUFS.\n"
    assert Source.objects.get(name="Model A").citation == "Doe 2024"


def test_each_of_them_twice_adds_nothing_and_says_so(study, songs, renderer):
    commands = [
        ("import_corpus", songs, "--name", "Songs"),
        ("excerpt", "Songs", "--source", "Originals", "--seconds", 5),
        ("import_midi", songs, "--source", "Elsewhere", "--origin", "ai"),
        ("render_clips",),
    ]
    for command in commands:
        run(*command)
    counts = (Corpus.objects.count(), Source.objects.count(), Clip.objects.count())
    for command in commands:
        assert "already" in run(*command)
    assert (Corpus.objects.count(), Source.objects.count(), Clip.objects.count()) == counts


def test_without_a_study_one_is_told_how_to_make_one(db, songs):
    with pytest.raises(CommandError, match=r"manage\.py create_study"):
        run("import_corpus", songs)


def test_where_there_are_several_studies_one_says_which(study, songs):
    Study.objects.create(name="Second study")
    with pytest.raises(CommandError, match='Choose one with --study: "Piano study", "Second study"'):
        run("import_corpus", songs)
    run("import_corpus", songs, "--study", "second-study")
    assert Corpus.objects.get().study.name == "Second study"
    with pytest.raises(CommandError, match='There is no study "Third"'):
        run("import_corpus", songs, "--study", "Third")


def test_what_was_refused_is_listed_and_a_script_notices(study, songs):
    (songs / "letter.mid").write_text("Dear all")
    out = io.StringIO()
    with pytest.raises(CommandError, match="1 file or clip failed") as raised:
        call_command("import_midi", str(songs), "--source", "Elsewhere", "--origin", "ai", stdout=out)
    assert raised.value.returncode == 1
    assert "Not imported: letter.mid is not a MIDI file" in out.getvalue()
    assert Clip.objects.count() == 4


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (("import_corpus", "/nowhere"), "/nowhere does not exist"),
        (("import_corpus", "music21:nobody"), "music21 has no corpus 'nobody'"),
        (("excerpt", "Sonks", "--source", "X"), 'There is no corpus "Sonks" in this study'),
        (("compose", "Nobody", "--source", "X"), 'There is no training run "Nobody" in this study'),
        (("render_clips", "--source", "X"), 'There is no model "X" in this study'),
        (("import_midi", "/nowhere", "--source", "X", "--origin", "ai"), "/nowhere does not exist"),
        (("import_run", "/nowhere", "--name", "X"), "There is no run folder /nowhere"),
        (("train", "Songs", "--preset", "house", "--name", "X", "--set", "epochs"), '"epochs" is not KEY=VALUE'),
        (("train", "Songs", "--preset", "mansion", "--name", "X"), "There is no preset 'mansion'"),
        (
            ("train", "Songs", "--preset", "house", "--name", "X", "--set", "epochs=1", "epochs=2"),
            "epochs has two values, 1 and 2",
        ),
        (("train", "Songs", "--preset", "house", "--name", "X", "--seed", -1), "a seed is a whole number from 0 to"),
        (("import_corpus", "/nowhere", "--seed", 10**30), "a seed is a whole number from 0 to"),
        (("render_clips", "--seconds", 0.1), "0.1 seconds is outside 1 to 600"),
    ],
)
def test_mistakes_are_answered_with_one_sentence(command, reason, study, corpus):
    with pytest.raises(CommandError) as raised:
        run(*command)
    assert reason in str(raised.value)
    assert "\n" not in str(raised.value)
    assert raised.value.returncode == 1


def test_a_full_disk_is_one_sentence_and_leaves_no_half_clip(study, songs, settings, monkeypatch):
    whole = default_storage.save

    def half(name, content):
        whole(name, ContentFile(content.read()[:10]))
        raise OSError(ENOSPC, "No space left on device")

    monkeypatch.setattr(default_storage, "save", half)
    with pytest.raises(CommandError, match=r"The disk is full\. Free some space, then run the command again"):
        run("import_midi", songs, "--source", "Elsewhere", "--origin", "ai")
    assert not [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]
    assert not Source.objects.exists()


def test_a_missing_fluidsynth_is_said_with_its_remedy(study, songs, monkeypatch):
    run("import_midi", songs, "--source", "Elsewhere", "--origin", "ai")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(CommandError, match="apt-get install fluidsynth"):
        run("render_clips")
    assert not Clip.objects.rendered().exists()
