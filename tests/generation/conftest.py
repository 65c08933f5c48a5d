"""Songs, a corpus of them, and what stands in for FluidSynth and TensorFlow."""

import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from django.utils import timezone

from generation.catalogue.corpora import import_corpus
from generation.models import Clip, Corpus, Run, Source
from generation.music.audio.policy import RenderingPolicy
from generation.music.audio.rendering import RenderedSet, Rendering
from generation.music.score.notes import Note, Piece, write_midi
from generation.music.training.checkpoints import Checkpoint, save_checkpoint
from generation.music.training.runs import StopTraining
from generation.music.training.training_state import TrainingState
from jobs.models import Job


def song(number: int, *, bars: int = 24) -> bytes:
    """Four quarters a bar, two seconds each bar; no two songs are alike."""
    notes = [Note(48 + (number * 7 + beat * (beat // 4 + 3)) % 36, beat, 1) for beat in range(bars * 4)]
    return write_midi(Piece.of(notes))


@pytest.fixture
def songs(tmp_path) -> Path:
    folder = tmp_path / "songs"
    folder.mkdir()
    for number in range(1, 5):
        (folder / f"song {number}.mid").write_bytes(song(number))
    return folder


@pytest.fixture
def corpus(study, songs) -> Corpus:
    return import_corpus(study, str(songs), name="Songs").corpus


@pytest.fixture
def source(study) -> Source:
    return Source.objects.create(study=study, name="Elsewhere", origin="ai")


@pytest.fixture
def renderer(monkeypatch):
    """Stands in for FluidSynth and the encoders; keeps what it was asked for."""
    asked = []

    def render_many(jobs, folder, *, policy: RenderingPolicy, soundfont="", progress=None, **options) -> RenderedSet:
        renderings, refused = [], []
        for job in jobs:
            asked.append(job)
            if job.called.startswith("Drums"):
                refused.append((job.name, f"{job.called} contains only drums, which these clip settings leave out."))
                continue
            paths = {}
            for form, suffix in (("master", "flac"), ("mp3", "mp3"), ("opus", "opus")):
                paths[form] = Path(folder) / f"{job.name}.{suffix}"
                paths[form].write_bytes(b"silence")
            renderings.append(
                Rendering(
                    name=job.name,
                    samples=policy.samples,
                    loudness=policy.loudness,
                    true_peak=-3.0,
                    sounding=policy.seconds,
                    provenance={"policy": policy.as_dict(), "renderer": "none"},
                    **paths,
                )
            )
            if progress:
                progress(len(asked), len(jobs))
        return RenderedSet(renderings, refused, policy.loudness)

    monkeypatch.setattr("generation.catalogue.rendering.render_many", render_many)
    return asked


@pytest.fixture
def stored(settings):
    """Every file in the media folder, by its path in there."""

    def names() -> list[str]:
        root = settings.MEDIA_ROOT
        return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())

    return names


def sounds_of(clip: Clip) -> list[str]:
    return [clip.master.name, clip.mp3.name, clip.opus.name]


PROGRESS = SimpleNamespace(
    epoch=1.5, epochs=3, loss=2.0, validation_loss=2.5, seconds=60.0, seconds_left=180.0, state="training"
)


def keep_checkpoint(folder, preset, *, seed, fingerprint) -> None:
    """One that says what it is of, and holds nothing else."""
    settled = {"preset": preset.to_dict(), "seed": seed, "corpus": {"fingerprint": fingerprint}}
    save_checkpoint(folder, Checkpoint(TrainingState(), {}, settled))


def job_of(run: Run, state: str, **values) -> Job:
    """The training of a run, as another process has it, or left it."""
    begun = {"worker": "elsewhere", "attempts": 1, "heartbeat": timezone.now()} if state == Job.State.RUNNING else {}
    about = {"kind": "generation.train", "title": run.name, "arguments": {"run": run.pk}, "key": run.key}
    run.job = Job.objects.create(study=run.study, state=state, **about, **begun | values)
    run.save(update_fields=["job"])
    return run.job


@pytest.fixture
def training(monkeypatch):
    """Stands in for TensorFlow: reports once, leaves a checkpoint, and ends as it is told to."""
    told = SimpleNamespace(calls=[], error=None, has_learned=False, state="finished", progress={}, at_work=lambda: None)

    def train(pieces, preset, folder, *, seed, fingerprint, resume, report):
        told.calls.append((preset, seed, resume))
        if not told.error or told.has_learned:
            keep_checkpoint(folder, preset, seed=seed, fingerprint=fingerprint)
        state = told.state
        told.at_work()
        try:
            report(PROGRESS)
        except StopTraining:
            state = "stopped"
        if told.error:
            raise told.error
        return SimpleNamespace(config={"progress": {"state": state} | told.progress})

    module = ModuleType("generation.music.training.loop")
    module.train = train
    monkeypatch.setitem(sys.modules, "generation.music.training.loop", module)
    return told
