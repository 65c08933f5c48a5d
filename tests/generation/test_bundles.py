"""A Magenta file becomes a run, composes, and goes back out as a magenta.js folder."""

import subprocess
import sys

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from generation.catalogue.bundles import export_magenta_js, import_bundle
from generation.catalogue.composing import compose_clips
from generation.catalogue.errors import CatalogueError
from generation.models import Clip, Run, Source
from generation.music.magenta.errors import BundleError
from generation.music.score.arrangement import Arrangement
from generation.music.score.notes import Note, Piece, read_midi, write_midi
from generation.music.training.runs import open_run
from studies.errors import EarwitnessError
from tests.music import magenta_files as files

pytestmark = pytest.mark.django_db


@pytest.fixture
def mag(tmp_path):
    """A small attention network, untrained."""
    path = tmp_path / "attention_rnn.mag"
    path.write_bytes(files.mag(files.tensors(np.random.default_rng(1), units=(8, 8), attention="first")))
    return path


def network(inputs: int, classes: int, seed: int = 2) -> bytes:
    return files.mag(files.tensors(np.random.default_rng(seed), inputs=inputs, classes=classes))


def pieces(source: str) -> list[Piece]:
    return [read_midi(clip.midi.read()) for clip in Clip.objects.filter(source__name=source)]


def test_a_bundle_becomes_a_finished_run(study, mag):
    imported = import_bundle(study, mag, name="Magenta pretrained")
    run = Run.objects.get()
    assert (run.state, run.preset, run.corpus) == ("finished", "magenta-attention", None)
    assert imported.sentences() == [
        "Magenta bundle with attention_rnn: LSTM 8 + 8, attention over 40 steps around the first layer.",
        f'The training run "Magenta pretrained" is ready to compose. Its folder is {run.folder}',
    ]
    assert open_run(run.folder).config["bundle"]["file"] == "attention_rnn.mag"


def test_the_same_bundle_twice_is_one_run_and_another_needs_another_name(study, mag):
    import_bundle(study, mag, name="Magenta")
    assert import_bundle(study, mag, name="Magenta").sentences() == [
        'The training run "Magenta" already holds this network. Nothing was imported.'
    ]
    with pytest.raises(CatalogueError, match="Choose another name"):
        import_bundle(study, network(38, 38), name="Magenta")
    assert Run.objects.count() == 1


def test_a_file_that_is_no_bundle_leaves_nothing_behind(study, settings):
    with pytest.raises(BundleError):
        import_bundle(study, b"hello", name="Magenta")
    assert not Run.objects.exists()
    assert not settings.RUNS_ROOT.exists() or not list(settings.RUNS_ROOT.iterdir())


@pytest.mark.parametrize(
    "sizes", [(38, 38), (130, 130), (90, 90), (121, 40), (74, 40), (356, 356), (388, 388), (259, 259)], ids=str
)
def test_every_family_composes(study, sizes):
    run = import_bundle(study, network(*sizes), name="Magenta").run
    compose_clips(study, run, source="Magenta", clips=2, arrangement=Arrangement(seconds=4, seed=3))
    for piece in pieces("Magenta"):
        assert len(piece)
        assert piece.seconds <= 8


def test_the_same_seed_gives_the_same_clips(study, mag):
    run = import_bundle(study, mag, name="Magenta").run
    for name in ("One", "Two"):
        compose_clips(study, run, source=name, clips=3, arrangement=Arrangement(seconds=5, seed=7))
    assert [write_midi(piece) for piece in pieces("One")] == [write_midi(piece) for piece in pieces("Two")]


def test_what_continues_a_primer_is_in_the_primers_key(study, tmp_path):
    """An untrained network that only holds: what it says is the primer's last note, where the primer left it."""
    made = files.tensors(np.random.default_rng(1), units=(4, 4), inputs=38, classes=38)
    made["fully_connected/weights"][:] = 0
    made["fully_connected/biases"][:] = np.where(np.arange(38) == 2 + 12, 30, -30)  # always middle C
    run = import_bundle(study, files.mag(made), name="Magenta").run
    primer = tmp_path / "d major.mid"
    primer.write_bytes(write_midi(Piece.of(Note(pitch, beat, 1) for beat, pitch in enumerate([62, 66, 69, 73]))))
    compose_clips(study, run, source="Magenta", clips=1, arrangement=Arrangement(seconds=4), primer=str(primer))
    [piece] = pieces("Magenta")
    assert set(piece.notes["pitch"].tolist()) == {62}
    assert Clip.objects.get().provenance["place"]["piece"] == "d major"


@pytest.mark.parametrize("primer", ["60,62,64,65", "[60, -2, 64, -2]", "corpus:Songs"])
def test_a_primer_is_notes_or_a_place_in_a_corpus(study, corpus, mag, primer):
    run = import_bundle(study, mag, name="Magenta").run
    compose_clips(study, run, source="Magenta", clips=2, primer=primer, arrangement=Arrangement(seconds=4))
    assert len(pieces("Magenta")) == 2


@pytest.mark.parametrize(
    ("primer", "answer"),
    [
        ("nowhere.mid", "Give notes"),
        ("60,200", "note 200. MIDI note numbers go from 0 to 127"),
        ("-2,-2", "contains no notes"),
        ("corpus:Nothing", 'no corpus "Nothing"'),
    ],
)
def test_a_primer_that_is_none_says_what_one_is(study, mag, primer, answer):
    run = import_bundle(study, mag, name="Magenta").run
    with pytest.raises(EarwitnessError, match=answer):
        compose_clips(study, run, source="Magenta", primer=primer)


def test_what_is_written_for_magenta_js_is_the_same_network(study, mag, tmp_path):
    run = import_bundle(study, mag, name="Magenta").run
    export_magenta_js(run, tmp_path / "js")
    again = import_bundle(study, tmp_path / "js", name="Again").run
    before, after = open_run(run.folder).weights, open_run(again.folder).weights
    assert before.keys() == after.keys()
    for name, array in before.items():
        np.testing.assert_allclose(after[name], array, rtol=0, atol=1e-7, err_msg=name)
    assert open_run(again.folder).layers == open_run(run.folder).layers


def test_the_commands_are_doors_to_the_same(study, mag, tmp_path, capsys):
    call_command("import_bundle", str(mag), name="Magenta")
    call_command("compose", "Magenta", source="Pretrained", clips=1, seconds=4, temperature=0.9, primer="60,64,67")
    call_command("export_magenta_js", "Magenta", str(tmp_path / "js"))
    assert Source.objects.get().run.name == "Magenta"
    assert Clip.objects.get().provenance["sampling"]["temperature"] == 0.9
    assert (tmp_path / "js" / "weights_manifest.json").is_file()
    assert "attention over 40 steps" in capsys.readouterr().out
    with pytest.raises(CommandError, match="is not a bundle we can read"):
        call_command("import_bundle", __file__, name="Text")


def test_reading_a_bundle_loads_no_tensorflow(mag):
    script = (
        "import sys; from generation.music.magenta.bundle_reader import read_bundle; "
        f"read_bundle({str(mag)!r}); print('tensorflow' in sys.modules or 'keras' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True).stdout.strip() == "False"


@pytest.fixture
def page(client, editor, study, settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    client.force_login(editor)
    return reverse("generation:run_from_bundle", args=[study.slug])


def sent(name: str, data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def test_the_page_says_where_the_official_files_are(client, page):
    assert "http://download.magenta.tensorflow.org/models/attention_rnn.mag" in client.get(page).content.decode()


def test_a_bundle_is_sent_to_the_page_and_what_it_is_is_shown(client, page, mag):
    answer = client.post(page, {"name": "Magenta", "files": sent("attention_rnn.mag", mag.read_bytes())}, follow=True)
    assert "Magenta bundle with attention_rnn: LSTM 8 + 8" in answer.content.decode()
    assert Run.objects.get().get_absolute_url() in answer.content.decode()


def test_the_files_of_a_checkpoint_are_sent_together(client, page):
    index, data = files.version_2(files.tensors(np.random.default_rng(1), inputs=38, classes=38))
    together = [sent("model.ckpt-5.index", index), sent("model.ckpt-5.data-00000-of-00001", data)]
    answer = client.post(page, {"name": "Magenta", "files": together}, follow=True)
    assert "TensorFlow checkpoint with basic_rnn" in answer.content.decode()


@pytest.mark.parametrize(
    ("data", "answer"),
    [(b"hello", "is not a bundle we can read"), (b"", "The file is empty"), (network(17, 19), "which no network")],
    ids=["text", "empty", "unknown network"],
)
def test_a_file_that_is_no_bundle_is_answered_on_the_page(client, page, data, answer):
    response = client.post(page, {"name": "Magenta", "files": sent("a file", data)}, follow=True)
    assert answer in response.content.decode()
    assert not Run.objects.exists()


def test_only_editors_add_bundles(client, viewer, study):
    client.force_login(viewer)
    assert client.get(reverse("generation:run_from_bundle", args=[study.slug])).status_code == 403
