"""Where files become rows. Every door, a command or a background task, calls these functions and adds nothing.

    corpora.py     import_corpus
    originals.py   excerpt
    uploads.py     import_midi: MIDI and audio made elsewhere
    composing.py   compose_clips
    runs.py        train_run, import_run
    bundles.py     import_bundle, export_magenta_js
    primers.py     what clips are to continue
    sounds.py      render_clips
    clips.py       what the four that make clips have in common
    measuring.py   measured, features: of a clip that can be heard
    originality.py check_originality: what clips owe to a corpus
    scores.py      score: of a clip, drawn
    remaking.py    remake: the same music under another policy
    soundfonts.py  add_soundfont, fonts_of
    removing.py    delete_clip
    orphans.py     sweep_media: files that no row points to
    finding.py     things by the names that people type

All work is whole or not at all: files are written first, under names that nobody looks for, and the rows that point to
them come last, in one transaction. What is there already is not made again.
"""

from generation.catalogue.bundles import ImportedBundle, export_magenta_js, import_bundle
from generation.catalogue.clip_import import NothingTaken, import_midi
from generation.catalogue.clip_measures import features, measured
from generation.catalogue.clips import Added, make_source
from generation.catalogue.composing import compose_clips
from generation.catalogue.corpora import ImportedCorpus, import_corpus
from generation.catalogue.deletion import delete_clip
from generation.catalogue.errors import ERRORS, CatalogueError, NotThere
from generation.catalogue.excerpts import excerpt
from generation.catalogue.fairness import texture_warning
from generation.catalogue.lookup import find_corpus, find_run, find_source
from generation.catalogue.originality import CheckedOriginality, check_originality
from generation.catalogue.orphaned_files import sweep_media
from generation.catalogue.rearrangement import Policy, Remade, remake
from generation.catalogue.rendering import RenderedClips, render_clips
from generation.catalogue.runs import TrainedRun, import_run, planned_run, train_run
from generation.catalogue.scores import score
from generation.catalogue.soundfonts import add_soundfont, find_font, fonts_of, remove_soundfont

__all__ = [
    "ERRORS",
    "Added",
    "CatalogueError",
    "CheckedOriginality",
    "ImportedBundle",
    "ImportedCorpus",
    "NotThere",
    "NothingTaken",
    "Policy",
    "Remade",
    "RenderedClips",
    "TrainedRun",
    "add_soundfont",
    "check_originality",
    "compose_clips",
    "excerpt",
    "export_magenta_js",
    "features",
    "find_corpus",
    "find_font",
    "find_run",
    "find_source",
    "fonts_of",
    "import_bundle",
    "import_corpus",
    "import_midi",
    "import_run",
    "make_source",
    "measured",
    "planned_run",
    "remake",
    "delete_clip",
    "remove_soundfont",
    "render_clips",
    "score",
    "sweep_media",
    "texture_warning",
    "train_run",
]
