from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import RedirectView

from studies.lazy_import import lazy_views

app_name = "generation"
page = lazy_views("generation.pages")  # the music libraries are imported with the first of them

urlpatterns = [
    path("corpora/", page("corpora.corpora"), name="corpora"),
    # Beside corpora/ and runs/, not below, where one named "new" would lie.
    path("new-corpus/", page("corpora.new_corpus"), name="corpus_new"),
    path("corpora/<slug:corpus>/", page("corpora.corpus"), name="corpus"),
    path("corpora/<slug:corpus>/delete/", page("corpora.delete_corpus"), name="corpus_delete"),
    path("corpora/<slug:corpus>/previews/", page("corpora.create_previews"), name="previews"),
    path("corpora/<slug:corpus>/pieces/<int:number>/sound/", page("corpora.piece_sound"), name="piece_sound"),
    path("runs/", page("runs.runs"), name="runs"),
    path("new-run/", page("runs.new_run"), name="run_new"),
    path("new-run/<slug:preset>/", page("runs.new_run_of"), name="run_new_of"),
    path("import-run/", page("run_folders.import_run"), name="run_import"),
    path("compare-runs/", page("runs.compare"), name="runs_compared"),
    path("bundles/new/", page("bundles.new_bundle"), name="run_from_bundle"),
    path("runs/<slug:run>/", page("runs.run"), name="run"),
    path("runs/<slug:run>/stop/", page("runs.stop"), name="run_stop"),
    path("runs/<slug:run>/resume/", page("runs.resume"), name="run_resume"),
    path("runs/<slug:run>/compose/", page("runs.compose"), name="run_compose"),
    path("runs/<slug:run>/folder/", page("run_folders.folder"), name="run_folder"),
    path("runs/<slug:run>/delete/", page("runs.delete"), name="run_delete"),
    path("sources/", page("clips.sources"), name="sources"),
    # Its own inner view checks the token: reading it here would read the files before they have a place to go.
    path("upload/", csrf_exempt(page("new_clips.upload")), name="upload"),
    path("originals/", page("new_clips.originals"), name="originals"),
    # Where version 0.1 had the pages of its jobs.
    path("work/<int:pk>/", RedirectView.as_view(pattern_name="jobs:job", permanent=True)),
    path("sources/<slug:source>/render/", page("new_clips.render_waiting"), name="render"),
    path("sources/<slug:source>/compare/", page("clips.compare"), name="originality"),
    path("sources/<slug:source>/", page("clips.source"), name="source"),
    path("sources/<slug:source>/clips/<int:number>/", page("clips.clip"), name="clip"),
    path("sources/<slug:source>/clips/<int:number>/sound/", page("clips.sound"), name="sound"),
    path("sources/<slug:source>/clips/<int:number>/score.svg", page("clips.score"), name="score"),
    path("sources/<slug:source>/clips/<int:number>/file.<str:suffix>", page("clips.file"), name="file"),
    path("sources/<slug:source>/clips/<int:number>/retire/", page("clips.retire"), name="retire"),
    path("sources/<slug:source>/clips/<int:number>/remove/", page("clips.remove"), name="remove"),
    path("soundfonts/", page("soundfonts.soundfonts"), name="soundfonts"),
    path("soundfonts/<slug:soundfont>/remove/", page("soundfonts.remove"), name="soundfont_remove"),
    path("fairness/", page("fairness.fairness"), name="fairness"),
]
