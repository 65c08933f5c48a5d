"""A real study, small enough to be created while a person waits: what `make demo` shows.

A step whose work is done does nothing, so that a second run takes seconds and destroys nothing.
"""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _

from generation.catalogue.composing import compose_clips
from generation.catalogue.corpora import import_corpus
from generation.catalogue.errors import CatalogueError
from generation.catalogue.excerpts import excerpt
from generation.catalogue.rendering import render_clips
from generation.models import Corpus, Run
from generation.music.score.arrangement import Arrangement
from studies.creation import set_new_password, start_study
from studies.models import Study
from surveys.models import Survey
from surveys.rehearsal.robots import rehearse
from surveys.researcher.opening import open_survey
from surveys.survey_templates import create_survey

OWNER = "demo"
OWNER_FILE = "demo_password.txt"  # in HOME, readable only by its owner

SONGS = 80
MINUTES_OF_TRAINING = 2
# Small batches and the state carried over: with Magenta's own values, this minute would have a tenth of the updates.
# With such small batches, XLA saves more time than its compilation takes.
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
    """Create the study on a corpus (a path, `pop909`, `music21:bach` ...), as far as it does not exist."""
    title = corpus_title(origin)
    study, password = create_owned_study(f"Demonstration: {title}")

    say(_("Corpus: %(title)s") % {"title": title})
    corpus = import_corpus(study, origin, name=title, songs=SONGS, progress=progress).corpus

    say(_("Training the house network for %(minutes)d minutes") % {"minutes": MINUTES_OF_TRAINING})
    lstm = train_run(study, corpus, "house", "House LSTM", {"minutes": str(MINUTES_OF_TRAINING)})
    say(_("Training Magenta's attention network for 1 minute"))
    magenta = train_run(study, corpus, "magenta-attention", "Trained Magenta", MAGENTA)
    anchor = train_run(study, corpus, "shuffled", "Shuffled notes", {})

    say(_("Creating clips: excerpts of the corpus, clips by both networks, shuffled notes as a low anchor"))
    values = {"clips": CLIPS, "arrangement": Arrangement(seconds=SECONDS), "progress": progress}
    drawn = Arrangement(seconds=SECONDS, cut="drawn")
    excerpt(study, corpus, source="Originals", **values | {"arrangement": drawn})
    compose_clips(study, lstm, source="House LSTM", **values)
    compose_clips(study, magenta, source="Trained Magenta", **values)
    compose_clips(study, anchor, source="Shuffled notes", **values)
    render_clips(study, seconds=SECONDS, progress=progress)

    say(_("Creating surveys and running rehearsals with simulated participants"))
    survey = create_survey(study, "Who wrote it?", template="recommended")[0]
    if survey.state == Survey.State.DRAFT:
        open_survey(survey)
    rehearse(survey, listeners=ROBOTS, seed=1, progress=progress)
    pairs = create_survey(study, "Which do you prefer?", template="preference")[0]
    rehearse(pairs, listeners=ROBOTS // 2, seed=1, progress=progress)
    return Demonstration(study, survey, OWNER, password)


def corpus_title(origin: str) -> str:
    if "POP909" in Path(origin).name:
        return "POP909"
    return NAMES.get(origin, Path(origin).stem)


def create_owned_study(name: str) -> tuple[Study, str]:
    """The study, and its owner's password: generated, and stored in a file for the next run."""
    study, password = start_study(name, owner=OWNER)
    file = settings.HOME / OWNER_FILE
    if not password and not file.exists():
        # Only a person with access to this folder can have deleted the file, so they may have a new password.
        password = set_new_password(get_user_model().objects.get(username=OWNER))
    if password:
        file.touch(mode=0o600)
        file.write_text(password)
    return study, file.read_text().strip()


def train_run(study: Study, corpus: Corpus, preset: str, name: str, values: dict[str, str]) -> Run:
    """The run of that name, trained to its end; a stopped run is resumed.

    The command trains in its own process: TensorFlow would occupy a gigabyte for as long as the study is served.
    """
    run = study.runs.filter(name=name).first()
    if run and run.state == Run.State.FINISHED:
        return run
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "train", corpus.slug, "--study", study.slug]
    command += ["--preset", preset, "--name", name, *(["--resume"] if run else [])]
    command += ["--set", *(f"{key}={value}" for key, value in values.items())] if values else []
    training = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        ended = training.wait()
    except KeyboardInterrupt:
        training.wait()  # the command received the Ctrl-C too, and saves its checkpoint
        raise
    if ended:
        raise CatalogueError(_("%(name)s could not be trained.") % {"name": name})  # the command has said why
    return study.runs.get(name=name)
