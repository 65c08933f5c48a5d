"""A real study, small enough to be made while one waits: what `make demo` shows.

Every step does nothing where its work is done already, so that a second time takes seconds and destroys nothing.
"""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model

from generation.catalogue.composing import compose_clips
from generation.catalogue.corpora import import_corpus
from generation.catalogue.errors import CatalogueError
from generation.catalogue.excerpts import excerpt
from generation.catalogue.rendering import render_clips
from generation.models import Corpus, Run
from generation.music.score.arrangement import Arrangement
from studies.creation import give_password, start_study
from studies.models import Study
from surveys.models import Survey
from surveys.rehearsal.robots import rehearse
from surveys.researcher.opening import open_survey
from surveys.survey_templates import create_survey

OWNER = "demo"
KEPT_IN = "demo_password.txt"  # in HOME, readable only by its owner

SONGS = 80
MINUTES_OF_TRAINING = 2
# The state carried and small batches: Magenta's own values would see a tenth of the updates in this minute.
# In so small batches XLA makes up for the seconds that compiling takes.
MAGENTA = {"minutes": "1", "carried": "yes", "window": "64", "batch": "8", "micro_batch": "0", "compiled": "yes"}
CLIPS = 4
SECONDS = 20
ROBOTS = 24
NAMES = {"music21:bach": "Bach's chorales", "pop909": "POP909"}

Say = Callable[[str], None]
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Demonstration:
    study: Study
    survey: Survey
    user: str
    password: str


def prepare(origin: str, *, say: Say, progress: Progress) -> Demonstration:
    """The study on a corpus (a path, `pop909`, `music21:bach` ...), made or found."""
    title = corpus_title(origin)
    study, password = create_owned_study(f"Demonstration: {title}")

    say(f"Corpus: {title}")
    corpus = import_corpus(study, origin, name=title, songs=SONGS, progress=progress).corpus

    say(f"Network: training for {MINUTES_OF_TRAINING} minutes")
    lstm = trained(study, corpus, "house", "House LSTM", {"minutes": str(MINUTES_OF_TRAINING)})
    say("Magenta's attention network: training for a minute")
    magenta = trained(study, corpus, "magenta-attention", "Trained Magenta", MAGENTA)
    anchor = trained(study, corpus, "shuffled", "Shuffled notes", {})

    say("Clips: originals, the networks', and shuffled notes as a low anchor")
    wanted = {"clips": CLIPS, "arrangement": Arrangement(seconds=SECONDS), "progress": progress}
    drawn = Arrangement(seconds=SECONDS, cut="drawn")
    excerpt(study, corpus, source="Originals", **wanted | {"arrangement": drawn})
    compose_clips(study, lstm, source="House LSTM", **wanted)
    compose_clips(study, magenta, source="Trained Magenta", **wanted)
    compose_clips(study, anchor, source="Shuffled notes", **wanted)
    render_clips(study, seconds=SECONDS, progress=progress)

    say("Survey, and a rehearsal with robot listeners")
    survey, _ = create_survey(study, "Who wrote it?", template="recommended")
    if survey.state == Survey.State.DRAFT:
        open_survey(survey)
    rehearse(survey, listeners=ROBOTS, seed=1, progress=progress)
    pairs, _ = create_survey(study, "Which do you prefer?", template="preference")
    rehearse(pairs, listeners=ROBOTS // 2, seed=1, progress=progress)
    return Demonstration(study, survey, OWNER, password)


def corpus_title(origin: str) -> str:
    if "POP909" in Path(origin).name:
        return "POP909"
    return NAMES.get(origin, Path(origin).stem)


def create_owned_study(name: str) -> tuple[Study, str]:
    """The study, and the password of its owner: generated, and kept in a file for the next time."""
    study, password = start_study(name, owner=OWNER)
    kept = settings.HOME / KEPT_IN
    if not password and not kept.exists():
        # Only who may write in this folder can have deleted it, so they may as well have a new one.
        password = give_password(get_user_model().objects.get(username=OWNER))
    if password:
        kept.touch(mode=0o600)
        kept.write_text(password)
    return study, kept.read_text().strip()


def trained(study: Study, corpus: Corpus, preset: str, name: str, values: dict[str, str]) -> Run:
    """The run of that name, trained to its end; one that was stopped halfway goes on.

    By the command, in a process of its own: TensorFlow would keep a gigabyte for as long as the study is served.
    """
    there = study.runs.filter(name=name).first()
    if there and there.state == Run.State.FINISHED:
        return there
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "train", corpus.slug, "--study", study.slug]
    command += ["--preset", preset, "--name", name, *(["--resume"] if there else [])]
    command += ["--set", *(f"{key}={value}" for key, value in values.items())] if values else []
    training = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        ended = training.wait()
    except KeyboardInterrupt:
        training.wait()  # it heard the Ctrl-C as well, and keeps what it has learned
        raise
    if ended:
        raise CatalogueError(f"{name} could not be trained.")  # why was said by the command
    return study.runs.get(name=name)
