"""What came of work on corpora, runs and clips, from values to words: for pages, commands and the API alike.

Values come from a job's row, or from `values()` of what a function of `generation.catalogue` returns. No music library.
"""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from generation.models import Run, Source
from jobs.models import Job
from jobs.registry import Presenter, usual_progress

NOTES = {"melody": gettext_lazy("notes of the melody"), "chords": gettext_lazy("chords")}  # what a view compares


def clips_in_words(number: int) -> str:
    return ngettext("%(number)s clip", "%(number)s clips", number) % {"number": f"{number:,}"}


def added_sentences(values: dict) -> list[str]:
    """Of `clips.Added`: clips that were added to a source. Where a job has a line for each file, the list says why."""
    name, sentences = values["name"], []
    if values["added"]:
        sentences.append(_('%(clips)s added to "%(name)s".') % {"clips": clips_in_words(values["added"]), "name": name})
    if values["unfinished"]:
        sentences.append(
            _("%(clips)s of them came to no end in time: the network lost itself.")
            % {"clips": clips_in_words(values["unfinished"])}
        )
    if values["already"]:
        sentences.append(
            ngettext(
                '%(clips)s was in "%(name)s" already: nothing added.',
                '%(clips)s were in "%(name)s" already: nothing added.',
                values["already"],
            )
            % {"clips": clips_in_words(values["already"]), "name": name}
        )
    return sentences + refusals(values["refused"])


def refusals(pairs: list[list[str]]) -> list[str]:
    return [_("Refused: %(name)s %(reason)s") % {"name": name, "reason": reason} for name, reason in pairs]


def rendered_sentences(values: dict) -> list[str]:
    """Of `rendering.RenderedClips`."""
    if not values["clips"] and not values["refused"]:
        if not values["already"]:
            return [_("No clips yet.")]
        return [_("All %(clips)s are rendered already.") % {"clips": clips_in_words(values["already"])}]
    sentences = []
    if values["clips"]:
        sentences.append(
            _("%(clips)s of %(seconds)s seconds rendered at %(loudness)s LUFS.")
            % {
                "clips": clips_in_words(values["clips"]),
                "seconds": f"{values['seconds']:g}",
                "loudness": f"{values['loudness']:.1f}",
            }
        )
        if values["loudness"] < values["asked_loudness"] - 0.05:
            sentences.append(_lowered(values))
    sentences += [_("Not rendered: %(reason)s") % {"reason": reason} for _number, reason in values["refused"]]
    if values["clips"] and values["shorter"]:
        sentences.append(
            _(
                "%(clips)s of less music: silence follows, for all clips of a study are as long as its others. One "
                "policy for a survey makes all of another length."
            )
            % {"clips": clips_in_words(values["shorter"])}
        )
    return sentences


def _lowered(values: dict) -> str:
    sentence = _(
        "That is %(difference)s LU softer than asked for: louder, the peaks of a clip would be cut off, and all are to "
        "be equally loud."
    ) % {"difference": f"{values['asked_loudness'] - values['loudness']:.1f}"}
    if values["others"] is not None and values["loudness"] < values["others"] - 0.5:
        sentence += " " + _("Clips rendered before stay at %(others)s LUFS: do not put both into one survey.") % {
            "others": f"{values['others']:.1f}"
        }
    return sentence


def corpus_sentences(values: dict) -> list[str]:
    """Of `corpora.ImportedCorpus`."""
    size = _("%(pieces)s, %(notes)s, %(minutes)s minutes") % {
        "pieces": ngettext("%(n)s piece", "%(n)s pieces", values["pieces"]) % {"n": f"{values['pieces']:,}"},
        "notes": ngettext("%(n)s note", "%(n)s notes", values["notes"]) % {"n": f"{values['notes']:,}"},
        "minutes": f"{values['minutes']:,.0f}",
    }
    about = {"name": values["name"], "size": size}
    if not values["is_new"]:
        return [_('The corpus "%(name)s" is there already (%(size)s): nothing added.') % about]
    return [_('The corpus "%(name)s" has %(size)s.') % about, *refusals(values["refused"])]


def originality_sentences(values: dict) -> list[str]:
    """Of `originality.CheckedOriginality`."""
    about = {"clips": clips_in_words(values["judged"]), "name": values["name"], "corpus": values["corpus"]}
    sentences = [_('%(clips)s of "%(name)s" compared with "%(corpus)s".') % about]
    if values["already"]:
        sentences.append(
            _("%(clips)s had been compared with it before.") % {"clips": clips_in_words(values["already"])}
        )
    if values["recordings"]:
        recordings = ngettext("%(n)s recording", "%(n)s recordings", values["recordings"])
        sentences.append(
            _("%(recordings)s left out: there are no notes to compare.")
            % {"recordings": recordings % {"n": f"{values['recordings']:,}"}}
        )
    if values["judged"] + values["already"] and not values["flagged"]:
        sentences.append(
            _("None shares more with it than human pieces do.")
            if values["could_tell"]
            else _("How much human pieces share with it cannot be told: it has none as long to hold out.")
        )
    return sentences + [
        _("%(clip)s may copy: %(why)s") % {"clip": clip, "why": originality_sentence(found)}
        for clip, found in values["flagged"]
    ]


def originality_sentence(found: dict) -> str:
    """What a clip shares with a corpus, in the view that says most: where it is flagged, or the melody."""
    view = next((view for view in NOTES if found[view]["is_flagged"]), "melody")
    one = found[view]
    if not one["run"]:
        return _("It shares no two steps with the corpus.")
    sentence = _("%(number)d %(notes)s in a row stand in the corpus as well, in “%(piece)s” from bar %(bar)s.") % {
        "number": one["run"] + 1,
        "notes": NOTES[view],
        "piece": one["piece"],
        "bar": one["bar"],
    }
    if not one["excerpts"]:
        return f"{sentence} {_('There is no human music of its length to compare with.')}"
    usual = _(
        "Of human music as long, half shares more than %(half)s, and one excerpt in a hundred more than %(hundredth)s."
    ) % {"half": f"{one['human_run'] + 1:.0f}", "hundredth": f"{one['human_most'] + 1:.0f}"}
    return f"{sentence} {usual}"


def training_sentences(values: dict) -> list[str]:
    """Of `runs.TrainedRun`."""
    about = {"name": values["name"], "folder": values["folder"], "why": values["ended_by"]}
    if values["ended_by"]:
        return [did_not_go_on(values)]
    if not values["is_new"]:
        return [_('The run "%(name)s" is there already, trained with the same values: nothing done.') % about]
    if values["is_stopped"]:
        return [_('The run "%(name)s" was stopped: resume it to go on.') % about]
    return [_('The run "%(name)s" is ready: %(folder)s') % about]


def did_not_go_on(values: dict) -> str:
    return _('The run "%(name)s" did not go on: %(why)s.') % {"name": values["name"], "why": values["ended_by"]}


def training_progress(job: Job) -> str:
    """How far a training is, from the numbers that it writes into its row."""
    numbers = job.details
    if "epoch" not in numbers:
        return _("Starting: the corpus becomes tokens, and the network is built.")
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
        return [_('The run "%(name)s" is this network already: nothing done.') % about]
    return [values["summary"], _('The run "%(name)s" is ready to compose: %(folder)s') % about]


def imported_run_sentences(values: dict) -> list[str]:
    about = {"name": values["name"]}
    if not values["is_new"]:
        return [_('The run "%(name)s" is there already, with the same weights.') % about]
    return [_('The run "%(name)s" is ready to compose.') % about]


def soundfont_sentences(values: dict) -> list[str]:
    """Of `soundfonts.AddedSoundfont`."""
    about = {"name": values["name"], "megabytes": f"{values['bytes'] / 1e6:,.1f}"}
    if not values["is_new"]:
        return [_('The soundfont "%(name)s" is this file already: nothing added.') % about]
    return [_('The soundfont "%(name)s" can be played: %(megabytes)s MB.') % about]


def preview_sentences(values: dict) -> list[str]:
    number = ngettext("%(n)s preview created.", "%(n)s previews created.", values["created"])
    return [number % {"n": f"{values['created']:,}"}, *refusals(values["refused"])]


def remade_sentences(values: dict) -> list[str]:
    """Of `rearrangement.Remade`."""
    there = values["there"]
    made = _("%(clips)s made anew") % {"clips": clips_in_words(values["new"])}
    sentences = [f"{made}, {_('%(number)d were there already.') % {'number': there}}" if there else f"{made}."]
    if values["recordings"]:
        sentences.append(
            _("%(clips)s came as recordings: tempo, dynamics, voices and instruments stay as they were played.")
            % {"clips": clips_in_words(values["recordings"])}
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
    return _("%(megabytes)s fetched") % {"megabytes": megabytes}


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
        stopped=gettext_lazy("Stopped. What it has learned is kept; resume it to go on."),
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
