"""Clips get their sound: rendered as one set, their files stored, their rows filled in once."""

import shutil
import tempfile
import time
from dataclasses import dataclass, field, replace
from math import ceil
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from generation.catalogue.errors import Progress, no_progress
from generation.catalogue.soundfonts import Font, default_soundfont, find_font, installed_fonts
from generation.models import Clip, Source, opaque_name
from generation.music.audio.policy import STANDARD, RenderingPolicy
from generation.music.audio.rendering import Job, Rendering, render_many
from generation.outcomes import rendered_sentences
from studies.models import Study


@dataclass
class RenderedClips:
    clips: int
    already: int
    refused: list[tuple[Clip, str]] = field(default_factory=list)
    loudness: float = STANDARD.loudness  # LUFS, of what was rendered now
    policy: RenderingPolicy = STANDARD
    others: float | None = None  # LUFS, of clips rendered before
    shorter: int = 0  # clips that were cut to less than all clips have

    def values(self) -> dict:
        return {
            "clips": self.clips,
            "already": self.already,
            "refused": [[clip.number, reason] for clip, reason in self.refused],
            "seconds": self.policy.seconds,
            "loudness": self.loudness,
            "asked_loudness": self.policy.loudness,
            "others": self.others,
            "shorter": self.shorter,
        }

    def sentences(self) -> list[str]:
        return rendered_sentences(self.values())


@dataclass(frozen=True)
class RenderingOptions:
    """How clips are to be rendered; whatever is empty is taken from the other clips of the study."""

    seconds: float | None = None
    instrument: str = ""
    soundfont: str | Path = ""  # as `soundfonts.find_font` knows it


def render_clips(
    study: Study,
    *,
    source: Source | None = None,
    seconds: float | None = None,
    instrument: str = "",
    soundfont: str | Path = "",
    progress: Progress = no_progress,
) -> RenderedClips:
    """Make audible what is not yet, all at one loudness, and at that of the clips which are.

    `seconds`, `instrument` ("piano" or "file") and `soundfont` are as the other clips of the study have them where not
    given; a clip that was made for a policy of its own has that.
    """
    waiting = Clip.objects.filter(source__study=study, retired=False).unrendered()
    waiting = waiting.filter(**({"source": source} if source else {}))
    rendered = Clip.objects.filter(source__study=study, retired=False).rendered()
    already = rendered.filter(**({"source": source} if source else {})).count()
    options = RenderingOptions(seconds, instrument, soundfont)
    sets: dict[tuple, list[Clip]] = {}
    for clip in waiting.select_related("source", "soundfont").order_by("source", "number"):
        sets.setdefault((clip.soundfont, *sorted(clip.policy.items())), []).append(clip)
    results = [render_set(study, clips, _own(clips[0], options), already, progress) for clips in sets.values()]
    if not results:
        return RenderedClips(0, already, policy=_policy(list(rendered), [], options))
    return RenderedClips(
        sum(result.clips for result in results),
        already,
        [pair for result in results for pair in result.refused],
        min(result.loudness for result in results),
        results[0].policy,
        results[0].others,
        sum(result.shorter for result in results),
    )


def _own(clip: Clip, options: RenderingOptions) -> RenderingOptions:
    """What the clip was made for, before what is chosen for all."""
    own = dict(clip.policy)
    if clip.soundfont:
        own["soundfont"] = clip.soundfont.slug
    return replace(options, **own)


def render_set(
    study: Study, clips: list[Clip], options: RenderingOptions, already: int, progress: Progress
) -> RenderedClips:
    """Some clips that wait, under one policy."""
    rendered = list(Clip.objects.filter(source__study=study, retired=False).rendered().select_related("soundfont"))
    policy, font = _policy(rendered, clips, options), _font(study, rendered, options)
    waiting = {clip.name: clip for clip in clips}
    settings.MEDIA_ROOT.mkdir(parents=True, exist_ok=True)
    _sweep()
    with tempfile.TemporaryDirectory(prefix=".rendering-", dir=settings.MEDIA_ROOT) as folder:
        rendering_set = render_many(
            [Job(clip.name, _music(clip), f"{clip} ({clip.title})") for clip in clips],
            Path(folder),
            policy=policy,
            soundfont=font.path if font else settings.SOUNDFONT,
            progress=lambda done, total: progress(done, total, "steps"),
        )
        try:
            for rendering in rendering_set.renderings:
                _store(waiting[rendering.name], rendering)
            with transaction.atomic():
                for rendering in rendering_set.renderings:
                    _fill_in(waiting[rendering.name], rendering, font)
        except BaseException:
            for rendering in rendering_set.renderings:
                _delete_files(waiting[rendering.name])
            raise
    refused = [(waiting[name], reason) for name, reason in rendering_set.refused]
    others = min((clip.loudness for clip in rendered), default=None)
    shorter = sum(clip.provenance.get("seconds", policy.seconds) < policy.seconds for clip in clips)
    return RenderedClips(
        len(rendering_set.renderings), already, refused, rendering_set.loudness, policy, others, shorter
    )


def _policy(rendered: list[Clip], waiting: list[Clip], options: RenderingOptions) -> RenderingPolicy:
    """As the study's clips were rendered before. At first: as long as clips were cut, as they are all to be equal the
    shortest of them; where they were cut by bars, as long as the bars last that take longest."""
    if rendered:
        newest = max(rendered, key=lambda clip: clip.rendered)
        before = RenderingPolicy(**newest.provenance["rendering"]["policy"])
        policy = replace(before, loudness=min(clip.loudness for clip in rendered))
    else:
        policy = replace(STANDARD, seconds=default_length([clip.provenance for clip in waiting]))
    chosen = {"seconds": options.seconds, "instrument": options.instrument}
    return replace(policy, **{key: value for key, value in chosen.items() if value})


def default_length(provenances: list[dict]) -> float:
    """Seconds that clips of these provenances are to have."""
    seconds = [provenance["seconds"] for provenance in provenances if provenance.get("seconds")]
    lasts = [provenance["lasts"] for provenance in provenances if provenance.get("lasts")]
    if seconds:
        return min(seconds)
    # A second more for the last notes to ring.
    return min(max(map(ceil, lasts)) + 1.0, 600.0) if lasts else STANDARD.seconds


def _font(study: Study, rendered: list[Clip], options: RenderingOptions) -> Font | None:
    """The one that is chosen, or that of the study's newest clip while there is such, or the machine's."""
    if options.soundfont:
        return find_font(study, options.soundfont)
    played = [clip for clip in rendered if clip.provenance["rendering"].get("soundfont")]
    if not played:
        return default_soundfont()
    newest = max(played, key=lambda clip: clip.rendered)
    if newest.soundfont:
        return find_font(study, newest.soundfont.slug)
    name = newest.provenance["rendering"]["soundfont"]
    return next((font for font in installed_fonts() if font.name == name), None) or default_soundfont()


def _music(clip: Clip) -> bytes | Path:
    file = clip.midi or clip.recording
    try:
        return Path(file.path)
    except NotImplementedError:  # a store without paths
        with file.open("rb") as opened:
            return opened.read()


def _store(clip: Clip, rendering: Rendering) -> None:
    """The files under an opaque name of their own, so that nothing that is there is ever written over."""
    stem = opaque_name()
    for form, folder in (("master", "masters"), ("mp3", "clips"), ("opus", "clips")):
        path = getattr(rendering, form)
        with path.open("rb") as file:
            getattr(clip, form).name = default_storage.save(f"{folder}/{stem}{path.suffix}", File(file))


def _fill_in(clip: Clip, rendering: Rendering, font: Font | None) -> None:
    about = font.provenance() if font and "soundfont" in rendering.provenance else {}
    # Only where no other process was quicker: a clip is never changed once made.
    is_ours = Clip.objects.filter(pk=clip.pk, rendered=None).update(
        master=clip.master.name,
        mp3=clip.mp3.name,
        opus=clip.opus.name,
        samples=rendering.samples,
        sounding=rendering.sounding,
        loudness=rendering.loudness,
        true_peak=rendering.true_peak,
        provenance=clip.provenance | {"rendering": rendering.provenance | about},
        soundfont=font.row if about else clip.soundfont,
        rendered=timezone.now(),
    )
    if not is_ours:
        _delete_files(clip)


def _delete_files(clip: Clip) -> None:
    for file in (clip.master, clip.mp3, clip.opus):
        if file:
            default_storage.delete(file.name)


def _sweep() -> None:
    """Take away what a rendering left that was killed, long after any could still be at work."""
    for folder in settings.MEDIA_ROOT.glob(".rendering-*"):
        if time.time() - folder.stat().st_mtime > 6 * 3600:
            shutil.rmtree(folder, ignore_errors=True)
