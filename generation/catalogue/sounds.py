"""Clips get their sound: rendered as one set, their files stored, their rows filled in once."""

import shutil
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from generation.catalogue.errors import Progress, counted, in_silence
from generation.models import Clip, Source, opaque_name
from generation.music.audio.policy import STANDARD, RenderingPolicy
from generation.music.audio.rendering import Job, Rendering, render_many
from studies.models import Study


@dataclass
class RenderedClips:
    clips: int
    already: int
    refused: list[tuple[Clip, str]] = field(default_factory=list)
    loudness: float = STANDARD.loudness  # LUFS, of what was rendered now
    policy: RenderingPolicy = STANDARD
    others: float | None = None  # LUFS, of clips rendered before

    def sentences(self) -> list[str]:
        if not self.clips and not self.refused:
            return [f"All {counted(self.already, 'clip')} are rendered already." if self.already else "No clips yet."]
        said = [f"Not rendered: {reason}" for _, reason in self.refused]
        if self.clips:
            length = f"{self.policy.seconds:g} seconds"
            said.insert(0, f"{counted(self.clips, 'clip')} of {length} rendered at {self.loudness:.1f} LUFS.")
        if self.clips and self.loudness < self.policy.loudness - 0.05:
            said.insert(1, self._lowered())
        return said

    def _lowered(self) -> str:
        said = (
            f"That is {self.policy.loudness - self.loudness:.1f} LU softer than asked for: louder, the peaks of a clip "
            "would be cut off, and all are to be equally loud."
        )
        if self.others is not None and self.loudness < self.others - 0.5:
            said += f" Clips rendered before stay at {self.others:.1f} LUFS: do not put both into one survey."
        return said


def render_clips(
    study: Study,
    *,
    source: Source | None = None,
    seconds: float | None = None,
    instrument: str = "",
    soundfont: str = "",
    progress: Progress = in_silence,
) -> RenderedClips:
    """Make audible what is not yet, all at one loudness, and at that of the clips which are.

    `seconds` and `instrument` ("piano" or "file") are as the other clips of the study have them where not given.
    """
    clips = Clip.objects.filter(source__study=study, retired=False)
    rendered = clips.rendered()
    waiting = clips.unrendered().filter(**({"source": source} if source else {}))
    waiting = {clip.name: clip for clip in waiting.select_related("source").order_by("source", "number")}
    already = rendered.filter(**({"source": source} if source else {})).count()
    policy = _policy(list(rendered), list(waiting.values()), seconds, instrument)
    if not waiting:
        return RenderedClips(0, already, policy=policy)
    settings.MEDIA_ROOT.mkdir(parents=True, exist_ok=True)
    _sweep()
    with tempfile.TemporaryDirectory(prefix=".rendering-", dir=settings.MEDIA_ROOT) as folder:
        made = render_many(
            [Job(clip.name, _music(clip), f"{clip} ({clip.title})") for clip in waiting.values()],
            Path(folder),
            policy=policy,
            soundfont=soundfont or settings.SOUNDFONT,
            progress=lambda done, total: progress(done, total, "steps"),
        )
        try:
            for rendering in made.renderings:
                _store(waiting[rendering.name], rendering)
            with transaction.atomic():
                for rendering in made.renderings:
                    _fill_in(waiting[rendering.name], rendering)
        except BaseException:
            for rendering in made.renderings:
                _forget(waiting[rendering.name])
            raise
    others = rendered.order_by("loudness").values_list("loudness", flat=True).exclude(name__in=waiting).first()
    refused = [(waiting[name], reason) for name, reason in made.refused]
    return RenderedClips(len(made.renderings), already, refused, made.loudness, policy, others)


def _policy(rendered: list[Clip], waiting: list[Clip], seconds: float | None, instrument: str) -> RenderingPolicy:
    """As the study's clips were rendered before. At first: as long as clips were cut, as they are all to be equal the
    shortest of them."""
    if rendered:
        newest = max(rendered, key=lambda clip: clip.rendered)
        before = RenderingPolicy(**newest.provenance["rendering"]["policy"])
        policy = replace(before, loudness=min(clip.loudness for clip in rendered))
    else:
        lengths = Counter(clip.provenance["seconds"] for clip in waiting if clip.provenance.get("seconds"))
        policy = replace(STANDARD, seconds=min(lengths, default=STANDARD.seconds))
    wished = {"seconds": seconds, "instrument": instrument}
    return replace(policy, **{key: value for key, value in wished.items() if value})


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


def _fill_in(clip: Clip, rendering: Rendering) -> None:
    # Only where no other process was quicker: a clip is never changed once made.
    is_ours = Clip.objects.filter(pk=clip.pk, rendered=None).update(
        master=clip.master.name,
        mp3=clip.mp3.name,
        opus=clip.opus.name,
        samples=rendering.samples,
        sounding=rendering.sounding,
        loudness=rendering.loudness,
        true_peak=rendering.true_peak,
        provenance=clip.provenance | {"rendering": rendering.provenance},
        rendered=timezone.now(),
    )
    if not is_ours:
        _forget(clip)


def _forget(clip: Clip) -> None:
    for file in (clip.master, clip.mp3, clip.opus):
        if file:
            default_storage.delete(file.name)


def _sweep() -> None:
    """Take away what a rendering left that was killed, long after any could still be at work."""
    for folder in settings.MEDIA_ROOT.glob(".rendering-*"):
        if time.time() - folder.stat().st_mtime > 6 * 3600:
            shutil.rmtree(folder, ignore_errors=True)
