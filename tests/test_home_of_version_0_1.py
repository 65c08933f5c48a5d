"""A home folder of version 0.1 keeps working. This test is permanent: see docs/decisions/old-homes-keep-working.md.

It uses commands, pages and database tables only, each in a real process. It imports nothing from the program, so that
modules and models can be renamed without touching it.
"""

import hashlib
import json
import math
import os
import platform
import shutil
import sqlite3
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
DATA = Path(__file__).parent / "data" / "home-0.1"

PARTICIPANT = "whO2UByqkxF44jpg2ZPsZQ"
WITHDRAWAL_CODE = "82QS-N4R4-6ME2"

# The last digits of a number depend on the order of the pseudonyms, which the secret key decides, and on the vector
# instructions of the processor. With both fixed they are the same on every x86-64 processor with AVX2 and FMA.
FIXED = {
    "SECRET_KEY": "the key of a test, not of an installation",
    "OPENBLAS_CORETYPE": "Haswell",
    "OPENBLAS_NUM_THREADS": "1",  # two threads are no faster here, and wait for each other while other tests run
    "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR",
}
IS_EXACT = platform.machine() == "x86_64"

# What may differ in results.json: versions, and sentences, which may be reworded.
VERSIONS = {"schema", "software"}
SENTENCES = {"note", "notes", "why", "cautions", "method", "scope", "what", "reason", "reasons", "step"}
# What depends on the secret key beyond the last digits: the fingerprint, and the ends of bootstrap intervals.
DECIDED_BY_THE_SECRET = {"fingerprint", "seed", "low", "high"}

# Tables about other tables, which Django and SQLite write themselves.
BOOKKEEPING = {"auth_permission", "django_content_type", "django_migrations", "sqlite_sequence"}

ANSWERS = """
    SELECT participant.code, participant.withdrawal_code, participant.consented, trial.position, clip.midi_sha256,
        answer.verdict, answer.familiar, answer.confidence, answer.seconds_heard, answer.seconds_taken, answer."order",
        answer.given, aspect.key, rating.value
    FROM surveys_answer answer
    JOIN surveys_trial trial ON trial.id = answer.trial_id
    JOIN surveys_participant participant ON participant.id = trial.participant_id
    JOIN generation_clip clip ON clip.id = trial.clip_id
    JOIN surveys_rating rating ON rating.answer_id = answer.id
    JOIN surveys_aspect aspect ON aspect.id = rating.aspect_id
    ORDER BY participant.code, trial.position, aspect.key
"""


@dataclass(frozen=True)
class Home:
    """A home folder: what can be done in it and read from it without knowing the program."""

    folder: Path

    def copy(self, folder: Path) -> "Home":
        return Home(Path(shutil.copytree(self.folder, folder)))

    def manage(self, *words: str) -> str:
        return self._run("manage.py", *words)

    def visit(self, *words: str) -> list[dict]:
        return json.loads(self._run("-m", "tests.visits", *words))

    def rows(self, query: str, *values: Any) -> list[tuple]:
        database = sqlite3.connect(self.folder / "earwitness.sqlite3")
        try:
            return database.execute(query, values).fetchall()
        finally:
            database.close()

    def counts(self) -> dict[str, int]:
        """The number of rows of each table that is not empty."""
        tables = [name for (name,) in self.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
        counts = {name: self.rows(f'SELECT count(*) FROM "{name}"')[0][0] for name in tables}
        return {name: number for name, number in counts.items() if number and name not in BOOKKEEPING}

    def sha256(self, path: str) -> str:
        """Of a file, under the name that the clip's row has for it."""
        return hashlib.sha256((self.folder / "media" / path).read_bytes()).hexdigest()

    def pieces(self, source: str) -> list[str]:
        """SHA-256 of the MIDI files of a source's clips, in order."""
        query = (
            "SELECT clip.midi FROM generation_clip clip JOIN generation_source source ON source.id = clip.source_id"
            " WHERE source.name = ? ORDER BY clip.number"
        )
        return [self.sha256(midi) for (midi,) in self.rows(query, source)]

    def _run(self, *words: str) -> str:
        environment = {**os.environ, **FIXED, "EARWITNESS_HOME": str(self.folder)}
        environment.pop("DATABASE_URL", None)
        done = subprocess.run([sys.executable, *words], cwd=ROOT, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def untouched_home(tmp_path_factory) -> Home:
    folder = tmp_path_factory.mktemp("version-0.1")
    with tarfile.open(DATA / "home.tar.xz") as archive:
        archive.extractall(folder, filter="data")
    return Home(folder / "home")


@pytest.fixture(scope="module")
def migrated_home(untouched_home, tmp_path_factory) -> Home:
    home = untouched_home.copy(tmp_path_factory.mktemp("migrated") / "home")
    home.manage("migrate", "-v", "0")
    return home


@pytest.fixture
def old_home(migrated_home, tmp_path) -> Home:
    """A migrated copy for one test."""
    return migrated_home.copy(tmp_path / "old-home")


def test_it_migrates_and_nothing_is_lost(untouched_home, old_home):
    before = untouched_home.counts()
    assert (before["surveys_answer"], before["surveys_rating"], before["generation_clip"]) == (99, 396, 8)
    assert {name: number for name, number in old_home.counts().items() if name in before} == before
    assert old_home.rows(ANSWERS) == untouched_home.rows(ANSWERS)
    files = {Path(name).as_posix(): sha256 for sha256, name in map(str.split, (DATA / "clips.sha256").open())}
    paths = [f"media/{path}" for row in old_home.rows("SELECT midi, master FROM generation_clip") for path in row]
    assert {path: old_home.sha256(path.removeprefix("media/")) for path in paths} == files


def test_its_rehearsal_gives_the_same_numbers_to_the_last_digit(old_home, tmp_path):
    out = tmp_path / "results"
    old_home.manage("export_results", "Old survey", "--rehearsal", "--without-figures", "--out", str(out))
    results = json.loads((out / "results.json").read_text())
    with_our_secret = json.loads((DATA / "results_with_the_secret_of_the_test.json").read_text())
    with_another = json.loads((DATA / "results_of_rehearsal.json").read_text())
    assert list(differences(with_our_secret, results, digits=0 if IS_EXACT else 6)) == []
    assert list(differences(with_another, results, besides=DECIDED_BY_THE_SECRET, digits=6)) == []


def test_its_participant_goes_on_at_clip_4_and_finishes(untouched_home, old_home):
    to_come = untouched_home.rows(
        "SELECT trial.position, clip.mp3, clip.opus FROM surveys_trial trial"
        " JOIN generation_clip clip ON clip.id = trial.clip_id"
        " JOIN surveys_participant participant ON participant.id = trial.participant_id"
        " WHERE participant.code = ? AND trial.position > 3 ORDER BY trial.position",
        PARTICIPANT,
    )
    *clips, thanks = old_home.visit("finish", f"/s/old-survey/{PARTICIPANT}/")
    assert [page["title"] for page in clips] == [f"Clip {position} of 8" for position, *_ in to_come]
    assert thanks["title"] == "Thank you"
    for page, (_, *formats) in zip(clips, to_come, strict=True):
        [sound] = page["sounds"]
        assert sound in [untouched_home.sha256(path) for path in formats]
    earlier, now = untouched_home.rows(ANSWERS), old_home.rows(ANSWERS)
    assert set(earlier) < set(now)
    answers = [row for row in now if row not in earlier]
    assert {row[0] for row in answers} == {PARTICIPANT}
    assert [(row[3], row[5], row[-1]) for row in answers] == [(n, "human", 5) for n in range(4, 9) for _ in range(4)]
    assert old_home.rows("SELECT code FROM surveys_participant WHERE finished IS NULL") == []


def test_its_withdrawal_code_deletes_the_participant_and_nobody_else(untouched_home, old_home):
    old_home.visit("withdraw", "/s/old-survey/withdraw/", WITHDRAWAL_CODE)
    others = [row for row in untouched_home.rows(ANSWERS) if row[0] != PARTICIPANT]
    assert old_home.rows(ANSWERS) == others
    assert old_home.rows("SELECT code FROM surveys_participant WHERE code = ?", PARTICIPANT) == []
    assert old_home.rows("SELECT count(*) FROM surveys_participant") == [(12,)]


@pytest.mark.parametrize(
    ("command", "origin", "source", "clips"),
    [("compose", "Small", "LSTM", 3), ("compose", "Shuffled", "Shuffled", 2), ("excerpt", "Pop", "Originals", 3)],
)
def test_the_same_run_and_seed_give_the_same_clips_again(old_home, command, origin, source, clips):
    numbers = ["--clips", str(clips), "--seconds", "6", "--seed", "1"]
    old_home.manage(command, origin, "--source", "Again", *numbers)
    again = old_home.pieces("Again")
    assert len(again) == clips
    assert again == old_home.pieces(source)


def test_its_owner_can_open_every_page(old_home):
    visits = old_home.visit("look_round", "olga")
    assert len(visits) > 30
    assert [visit for visit in visits if visit["status"] != 200] == []


def differences(
    reference: Any, value: Any, *, besides: set[str] = frozenset(), digits: int, where: str = "results"
) -> Iterator[str]:
    """What the value lacks of the reference or has differently; a record may have more keys than the reference.

    With `digits` 0, numbers must be equal to the last digit.
    """
    if isinstance(reference, dict) and isinstance(value, dict):
        for key in reference.keys() - VERSIONS - SENTENCES - besides:
            yield from differences(
                reference[key], value.get(key, "missing"), besides=besides, digits=digits, where=f"{where}.{key}"
            )
    elif isinstance(reference, list) and isinstance(value, list) and len(reference) == len(value):
        for number, (one, other) in enumerate(zip(reference, value, strict=True)):
            yield from differences(one, other, besides=besides, digits=digits, where=f"{where}[{number}]")
    elif not (reference == value or (digits and are_close(reference, value, digits))):
        yield f"{where}: {value!r} instead of {reference!r}"


def are_close(one: Any, other: Any, digits: int) -> bool:
    numbers = isinstance(one, float) and isinstance(other, float)
    return numbers and math.isclose(one, other, rel_tol=10**-digits, abs_tol=10**-digits)
