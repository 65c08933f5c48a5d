"""What came of work on corpora, runs and clips, from values to words: for pages, commands and the API alike.

Values come from a job's row, or from `values()` of what a function of `generation.catalogue` returns. No music library.
"""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from generation.models import Run, Source
from jobs.models import Job
from jobs.registry import Presenter, usual_progress

VIEW_NAMES = {"melody": gettext_lazy("Melody notes"), "chords": gettext_lazy("Chords")}  # what a view compares


def added_sentences(values: dict) -> list[str]:
    """Of `clips.AddedClips`: clips that were added to a source. Where a job has a line per file, the list says why."""
    name, sentences = values["name"], []
    if new := values["added"]:
        sentences.append(
            ngettext('%(count)s clip added to "%(model)s".', '%(count)s clips added to "%(model)s".', new)
            % {"count": f"{new:,}", "model": name}
        )
    if short := values["unfinished"]:
        sentences.append(
            ngettext(
                "%(count)s of these clips is shorter than asked for, because the network stopped making progress.",
                "%(count)s of these clips are shorter than asked for, because the network stopped making progress.",
                short,
            )
            % {"count": f"{short:,}"}
        )
    if already := values["already"]:
        sentences.append(
            ngettext(
                '%(count)s clip was already in "%(model)s" and was not added again.',
                '%(count)s clips were already in "%(model)s" and were not added again.',
                already,
            )
            % {"count": f"{already:,}", "model": name}
        )
    return sentences + refusal_sentences(values["refused"])


def refusal_sentences(refused: list[list[str]]) -> list[str]:
    return [_("Not imported: %(name)s %(reason)s") % {"name": name, "reason": reason} for name, reason in refused]


def rendered_sentences(values: dict) -> list[str]:
    """Of `rendering.RenderedClips`."""
    if not values["clips"] and not values["refused"]:
        return [_nothing_to_render(values["already"])]
    sentences = []
    if values["clips"]:
        sentences.append(
            ngettext(
                "%(count)s clip of %(seconds)s seconds rendered at %(loudness)s LUFS.",
                "%(count)s clips of %(seconds)s seconds rendered at %(loudness)s LUFS.",
                values["clips"],
            )
            % {
                "count": f"{values['clips']:,}",
                "seconds": f"{values['seconds']:g}",
                "loudness": f"{values['loudness']:.1f}",
            }
        )
        if values["loudness"] < values["asked_loudness"] - 0.05:
            sentences.append(_quieter_than_asked(values))
    sentences += [_("Not rendered: %(reason)s") % {"reason": reason} for _number, reason in values["refused"]]
    if values["clips"] and values["shorter"]:
        sentences.append(
            ngettext(
                "%(count)s clip is shorter than the study’s other clips and ends in silence. To give all clips of "
                "a survey the same length, change the clip settings of the survey.",
                "%(count)s clips are shorter than the study’s other clips and end in silence. To give all clips "
                "of a survey the same length, change the clip settings of the survey.",
                values["shorter"],
            )
            % {"count": f"{values['shorter']:,}"}
        )
    return sentences


def _nothing_to_render(already: int) -> str:
    if not already:
        return _("There are no clips to render.")
    return ngettext(
        "%(count)s clip is already rendered. There is nothing to do.",
        "All %(count)s clips are already rendered. There is nothing to do.",
        already,
    ) % {"count": f"{already:,}"}


def _quieter_than_asked(values: dict) -> str:
    sentence = _(
        "This is %(difference)s LU quieter than asked for: any louder, the peaks of one clip would be cut off, and "
        "all clips must be equally loud."
    ) % {"difference": f"{values['asked_loudness'] - values['loudness']:.1f}"}
    if values["others"] is not None and values["loudness"] < values["others"] - 0.5:
        warning = _("Clips rendered earlier have %(loudness)s LUFS: do not use both in one survey.")
        sentence += " " + warning % {"loudness": f"{values['others']:.1f}"}
    return sentence


def corpus_sentences(values: dict) -> list[str]:
    """Of `corpora.ImportedCorpus`."""
    minutes = round(values["minutes"])
    size = [
        ngettext("%(count)s piece", "%(count)s pieces", values["pieces"]) % {"count": f"{values['pieces']:,}"},
        ngettext("%(count)s note", "%(count)s notes", values["notes"]) % {"count": f"{values['notes']:,}"},
        ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": f"{minutes:,}"},
    ]
    about = {"corpus": values["name"], "size": ", ".join(size)}
    if not values["is_new"]:
        return [_('The corpus "%(corpus)s" already exists (%(size)s). Nothing was imported.') % about]
    return [_('Corpus "%(corpus)s" imported: %(size)s.') % about, *refusal_sentences(values["refused"])]


def originality_sentences(values: dict) -> list[str]:
    """Of `originality.CheckedOriginality`."""
    sentences = [
        ngettext(
            '%(count)s clip of "%(model)s" compared with "%(corpus)s".',
            '%(count)s clips of "%(model)s" compared with "%(corpus)s".',
            values["judged"],
        )
        % {"count": f"{values['judged']:,}", "model": values["name"], "corpus": values["corpus"]}
    ]
    if already := values["already"]:
        sentences.append(
            ngettext(
                "%(count)s clip had already been compared with this corpus.",
                "%(count)s clips had already been compared with this corpus.",
                already,
            )
            % {"count": f"{already:,}"}
        )
    if recordings := values["recordings"]:
        sentences.append(
            ngettext(
                "%(count)s recording was left out because it has no notes to compare.",
                "%(count)s recordings were left out because they have no notes to compare.",
                recordings,
            )
            % {"count": f"{recordings:,}"}
        )
    if values["judged"] + values["already"] and not values["flagged"]:
        sentences.append(
            _("No clip shares more with the corpus than human music does.")
            if values["could_tell"]
            else _("The corpus has no other human music of this length, so it is unknown how much overlap is normal.")
        )
    return sentences + [
        _("%(clip)s may copy from the corpus. %(reason)s") % {"clip": clip, "reason": overlap_sentence(overlap)}
        for clip, overlap in values["flagged"]
    ]


def overlap_sentence(overlap: dict) -> str:
    """What a clip shares with a corpus, in the view that says most: where it is flagged, or the melody."""
    view = next((view for view in VIEW_NAMES if overlap[view]["is_flagged"]), "melody")
    numbers = overlap[view]
    if not numbers["run"]:
        return _("It has no two notes in a row in common with the corpus.")
    sentence = {
        "melody": _("%(count)d melody notes in a row also appear in the corpus, in “%(piece)s” from bar %(bar)s."),
        "chords": _("%(count)d chords in a row also appear in the corpus, in “%(piece)s” from bar %(bar)s."),
    }[view] % {"count": numbers["run"] + 1, "piece": numbers["piece"], "bar": numbers["bar"]}
    if not numbers["excerpts"]:
        return f"{sentence} {_('There is no human music of this length to compare it with.')}"
    usual = _(
        "Half of all human excerpts of this length share more than %(median)s, and 1 in 100 shares more than "
        "%(percentile_99)s."
    ) % {"median": f"{numbers['human_run'] + 1:.0f}", "percentile_99": f"{numbers['human_most'] + 1:.0f}"}
    return f"{sentence} {usual}"


def training_sentences(values: dict) -> list[str]:
    """Of `runs.TrainedRun`."""
    about = {"name": values["name"], "folder": values["folder"], "why": values["ended_by"]}
    if values["ended_by"]:
        return [did_not_go_on(values)]
    if not values["is_new"]:
        return [_('The training run "%(name)s" with these values already exists. Nothing was trained.') % about]
    if values["is_stopped"]:
        return [_('The training run "%(name)s" was stopped. To continue, resume it.') % about]
    return [_('The training run "%(name)s" has finished. Its folder is %(folder)s') % about]


def did_not_go_on(values: dict) -> str:
    return _('The training run "%(name)s" was not resumed: %(why)s.') % {
        "name": values["name"],
        "why": values["ended_by"],
    }


def training_progress(job: Job) -> str:
    """How far a training is, from the numbers that it writes into its row."""
    numbers = job.details
    if "epoch" not in numbers:
        return _("Starting: encoding the corpus and building the network.")
    sentence = _("Epoch %(epoch)s of %(epochs)s") % {
        "epoch": f"{numbers['epoch']:.1f}",
        "epochs": f"{numbers['epochs']:g}",
    }
    if "loss" in numbers:
        sentence += ", " + _("loss %(loss)s") % {"loss": f"{numbers['loss']:.2f}"}
    if "validation_loss" in numbers:
        sentence += ", " + _("on held-out pieces %(loss)s") % {"loss": f"{numbers['validation_loss']:.2f}"}
    minutes = numbers.get("seconds_left", 0) / 60
    left = (
        _("about %(minutes)s min left") % {"minutes": f"{minutes:.0f}"} if minutes >= 1 else _("less than 1 min left")
    )
    return f"{sentence}, {left}"


def bundle_sentences(values: dict) -> list[str]:
    """Of `bundles.ImportedBundle`."""
    about = {"name": values["name"], "folder": values["folder"]}
    if not values["is_new"]:
        return [_('The training run "%(name)s" already holds this network. Nothing was imported.') % about]
    return [values["summary"], _('The training run "%(name)s" is ready to compose. Its folder is %(folder)s') % about]


def imported_run_sentences(values: dict) -> list[str]:
    about = {"name": values["name"]}
    if not values["is_new"]:
        return [_('The training run "%(name)s" with the same weights already exists.') % about]
    return [_('The training run "%(name)s" is ready to compose.') % about]


def soundfont_sentences(values: dict) -> list[str]:
    """Of `soundfont_import.AddedSoundfont`."""
    about = {"name": values["name"], "megabytes": f"{values['bytes'] / 1e6:,.1f}"}
    if not values["is_new"]:
        return [_('The study already has this file as the soundfont "%(name)s". Nothing was added.') % about]
    return [_('Soundfont "%(name)s" added (%(megabytes)s MB).') % about]


def preview_sentences(values: dict) -> list[str]:
    number = ngettext("%(n)s preview created.", "%(n)s previews created.", values["created"])
    failed = [_("No preview: %(name)s %(reason)s") % {"name": name, "reason": why} for name, why in values["refused"]]
    return [number % {"n": f"{values['created']:,}"}, *failed]


def rearranged_sentences(values: dict) -> list[str]:
    """Of `rearrangement.RearrangedClips`."""
    sentences = []
    if values["new"]:
        sentences.append(
            ngettext("%(count)s clip re-rendered.", "%(count)s clips re-rendered.", values["new"])
            % {"count": f"{values['new']:,}"}
        )
    if values["there"]:
        sentences.append(
            ngettext(
                "%(count)s clip with these settings already existed.",
                "%(count)s clips with these settings already existed.",
                values["there"],
            )
            % {"count": f"{values['there']:,}"}
        )
    if values["recordings"]:
        sentences.append(
            ngettext(
                "%(count)s clip is a recording: its tempo, dynamics, voices and instruments cannot be changed.",
                "%(count)s clips are recordings: their tempo, dynamics, voices and instruments cannot be changed.",
                values["recordings"],
            )
            % {"count": f"{values['recordings']:,}"}
        )
    return sentences + (rendered_sentences(values["rendered"]) if values["rendered"] else [])


def _clip_sentences(outcome: dict) -> list[str]:
    """Of a job that adds clips and renders them. An import has a line for each file, which says why it was refused."""
    rendered = rendered_sentences(outcome["rendered"]) if "rendered" in outcome else []
    return added_sentences(outcome["added"]) + rendered


def _source_url(job: Job) -> str:
    source = Source.objects.filter(study=job.study_id, pk=job.outcome.get("source")).first()
    return source.get_absolute_url() if source else ""


def _run_url(job: Job) -> str:
    run = Run.objects.filter(study=job.study_id, pk=job.outcome.get("run") or job.arguments.get("run")).first()
    return run.get_absolute_url() if run else ""


def _corpus_url(job: Job) -> str:
    corpus = job.study.corpora.filter(pk=job.outcome.get("corpus") or job.arguments.get("corpus")).first()
    return corpus.get_absolute_url() if corpus else ""


def _rendering_progress(job: Job) -> str:
    doing = {"files": _("Reading: %(progress)s"), "steps": _("Rendering: %(progress)s")}.get(job.unit, "%(progress)s")
    return doing % {"progress": usual_progress(job)}


def _fetching_progress(job: Job) -> str:
    """A corpus that is fetched counts bytes, one that is read counts songs."""
    if job.unit != "bytes":
        return usual_progress(job)
    megabytes = _("%(done)s MB") % {"done": f"{job.done / 1e6:,.1f}"}
    if job.total:
        megabytes = _("%(done)s of %(total)s MB") % {
            "done": f"{job.done / 1e6:,.1f}",
            "total": f"{job.total / 1e6:,.1f}",
        }
    return _("%(megabytes)s downloaded") % {"megabytes": megabytes}


def _lines_with_links(job: Job) -> list[dict]:
    """Each file of an import, with the page of the clip that it became."""
    lines = job.outcome.get("lines", [])
    source = Source.objects.filter(pk=job.outcome.get("source")).first() if lines else None
    if source is None:
        return lines
    here = [job.study.slug, source.slug]
    return [
        line | ({"url": reverse("generation:clip", args=[*here, line["clip"]])} if line["clip"] else {})
        for line in lines
    ]


_CLIPS = {"sentences": _clip_sentences, "url": _source_url, "progress": _rendering_progress, "lines": _lines_with_links}

PRESENTERS = {
    "train": Presenter(
        gettext_lazy("Train a network"),
        training_sentences,
        url=_run_url,
        progress=training_progress,
        stopped=gettext_lazy("Stopped. What it has learned is kept; resume it to continue."),
    ),
    "compose": Presenter(gettext_lazy("Compose clips"), **_CLIPS),
    "import_midi": Presenter(gettext_lazy("Import clips"), **_CLIPS),
    "excerpt": Presenter(gettext_lazy("Create excerpts"), **_CLIPS),
    "render": Presenter(
        gettext_lazy("Render clips"), rendered_sentences, url=_source_url, progress=_rendering_progress
    ),
    "import_corpus": Presenter(
        gettext_lazy("Import a corpus"), corpus_sentences, url=_corpus_url, progress=_fetching_progress
    ),
    "originality": Presenter(gettext_lazy("Compare clips with a corpus"), originality_sentences, url=_source_url),
    "import_run": Presenter(gettext_lazy("Import a training run"), imported_run_sentences, url=_run_url),
    "import_bundle": Presenter(gettext_lazy("Import a Magenta network"), bundle_sentences, url=_run_url),
    "add_soundfont": Presenter(
        gettext_lazy("Check a soundfont"),
        soundfont_sentences,
        url=lambda job: reverse("generation:soundfonts", args=[job.study.slug]),
    ),
    "preview": Presenter(gettext_lazy("Create previews"), preview_sentences, url=_corpus_url),
}
