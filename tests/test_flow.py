"""Once the whole way, from a folder of MIDI to exported files, through the doors that people use."""

import csv
import io
import json
import re
import zipfile

import pytest
from django.core.management import call_command

from generation.models import Clip, Source
from generation.music.score.notes import write_midi
from surveys.models import Answer, Participant, Rating, Survey, Trial
from surveys.rehearsal.robots import rehearse
from tests.music.songs import SMALL, songs

TINY = [f"{key}={value}" for key, value in SMALL["house"].items()]
SOURCES = ("Originals", "House LSTM", "Shuffled notes", "Another model")


def run(command: str, *arguments: str) -> str:
    out = io.StringIO()
    call_command(command, *arguments, stdout=out, stderr=io.StringIO())
    return out.getvalue()


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "songs"
    folder.mkdir()
    for piece in songs(8, bars=24):
        (folder / f"{piece.name}.mid").write_bytes(write_midi(piece))
    return folder


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_folder_of_midi_becomes_charts_and_nobody_learns_on_the_way_who_wrote_what(folder, tmp_path, home):
    run("create_study", "Flow", "--owner", "olga")
    run("import_corpus", str(folder), "--name", "Arpeggios")
    run("train", "Arpeggios", "--preset", "house", "--name", "Tiny", "--set", *TINY)
    run("train", "Arpeggios", "--preset", "shuffled", "--name", "Anchor")
    run("excerpt", "Arpeggios", "--source", "Originals", "--clips", "3", "--seconds", "5")
    run("compose", "Tiny", "--source", "House LSTM", "--clips", "3", "--seconds", "5")
    run("compose", "Anchor", "--source", "Shuffled notes", "--clips", "3", "--seconds", "5")
    run("import_midi", str(folder / "song 0.mid"), "--source", "Another model", "--origin", "ai")
    assert "not added again" in run(
        "import_midi", str(folder / "song 0.mid"), "--source", "Another model", "--origin", "ai"
    )
    run("render_clips", "--seconds", "5")

    assert [(source.name, source.origin) for source in Source.objects.all()] == list(
        zip(SOURCES, ["human", "ai", "anchor", "ai"], strict=True)
    )
    clips = list(Clip.objects.all())
    assert len(clips) == 10
    assert {clip.samples for clip in clips} == {5 * 44_100}
    assert max(clip.loudness for clip in clips) - min(clip.loudness for clip in clips) < 0.5
    assert max(clip.true_peak for clip in clips) <= -1
    assert len({clip.mp3.size for clip in clips}) == len({clip.opus.size for clip in clips}) == 1

    run("create_survey", "Who wrote it?", "--template", "paper", "--open")
    survey = Survey.objects.get()
    received = []
    assert rehearse(survey, listeners=12, seed=1, watch=received.append).added == 12
    assert_nothing_tells(received, clips)
    assert Participant.objects.robots().finished().count() == 12
    assert (Answer.objects.count(), Rating.objects.count()) == (120, 480)

    out = tmp_path / "results.zip"
    run("export_results", "Who wrote it?", "--out", str(out), "--rehearsal")
    assert_export_is_whole(out)


def assert_nothing_tells(received, clips) -> None:
    """No byte before the end names a source, a clip or a file, and no two sounds differ in length or headers."""
    secrets = {"anchor", "corpus", "shuffled", "lstm", "arpeggios", "tiny", "song 0"}
    for clip in clips:
        secrets |= {clip.source.name, clip.source.slug, clip.name, clip.title, clip.content_sha256}
    keys = [*Trial.objects.values_list("audio_key", flat=True), *Participant.objects.values_list("code", flat=True)]
    names = re.compile("|".join(map(re.escape, keys)).encode())
    word = re.compile(b"|".join(rb"\b" + re.escape(secret.encode()) + rb"\b" for secret in secrets), re.IGNORECASE)
    before_the_end = [response for response in received if "/thanks" not in response.request["PATH_INFO"]]
    assert len(before_the_end) > 12 * 10 * 2
    for response in before_the_end:
        head = f"{response.request['PATH_INFO']} {dict(response.headers)}".encode()
        found = word.search(names.sub(b"", head + b" " + response.content))
        assert not found, f"{response.request['PATH_INFO']} tells: {found}"
    sounds = [response for response in before_the_end if response.headers["Content-Type"].startswith("audio/")]
    assert len({(len(sound.content), str(dict(sound.headers))) for sound in sounds}) == 1


def assert_export_is_whole(path) -> None:
    with zipfile.ZipFile(path) as package:
        files = {name.split("/", 1)[1]: package.read(name) for name in package.namelist()}
    answers = list(csv.DictReader(io.StringIO(files["answers.csv"].decode())))
    assert len(answers) == 120
    assert {row["source"] for row in answers} == set(SOURCES)
    assert {row["verdict"] for row in answers} == {"human", "ai"}
    results = json.loads(files["results.json"])
    assert "ehearsal" in json.dumps(results)
    figures = {name for name in files if name.startswith("figures/")}
    assert {name.rsplit(".")[-1] for name in figures} == {"csv", "svg", "png", "pdf"}
    assert all(b"Rehearsal" in files[name] for name in figures if name.endswith(".svg"))
    assert sum(name.endswith(".pdf") for name in figures) >= 5
