"""Addresses of sources and their clips."""

from django.urls import path
from django.views.generic import RedirectView

from generation.pages import clips, fairness, new_clips, soundfonts

urlpatterns = [
    path("sources/", clips.sources, name="sources"),
    path("upload/", new_clips.upload, name="upload"),
    path("originals/", new_clips.originals, name="originals"),
    # Where version 0.1 had the pages of its jobs.
    path("work/<int:pk>/", RedirectView.as_view(pattern_name="jobs:job", permanent=True)),
    path("sources/<slug:source>/render/", new_clips.render_waiting, name="render"),
    path("sources/<slug:source>/compare/", clips.compare, name="originality"),
    path("sources/<slug:source>/", clips.source, name="source"),
    path("sources/<slug:source>/clips/<int:number>/", clips.clip, name="clip"),
    path("sources/<slug:source>/clips/<int:number>/sound/", clips.sound, name="sound"),
    path("sources/<slug:source>/clips/<int:number>/score.svg", clips.score, name="score"),
    path("sources/<slug:source>/clips/<int:number>/file.<str:suffix>", clips.file, name="file"),
    path("sources/<slug:source>/clips/<int:number>/retire/", clips.retire, name="retire"),
    path("sources/<slug:source>/clips/<int:number>/remove/", clips.remove, name="remove"),
    path("soundfonts/", soundfonts.soundfonts, name="soundfonts"),
    path("soundfonts/<slug:soundfont>/remove/", soundfonts.remove, name="soundfont_remove"),
    path("fairness/", fairness.fairness, name="fairness"),
]
