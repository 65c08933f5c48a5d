from django.urls import path

from generation import clip_urls
from generation.pages import bundles, corpora, run_folders, runs

app_name = "generation"

urlpatterns = [
    path("corpora/", corpora.corpora, name="corpora"),
    # Beside corpora/ and runs/, not below, where one named "new" would lie.
    path("new-corpus/", corpora.new_corpus, name="corpus_new"),
    path("corpora/<slug:corpus>/", corpora.corpus, name="corpus"),
    path("corpora/<slug:corpus>/delete/", corpora.delete_corpus, name="corpus_delete"),
    path("corpora/<slug:corpus>/previews/", corpora.create_previews, name="previews"),
    path("corpora/<slug:corpus>/pieces/<int:number>/sound/", corpora.piece_sound, name="piece_sound"),
    path("runs/", runs.runs, name="runs"),
    path("new-run/", runs.new_run, name="run_new"),
    path("new-run/<slug:preset>/", runs.new_run_of, name="run_new_of"),
    path("import-run/", run_folders.import_run, name="run_import"),
    path("compare-runs/", runs.compare, name="runs_compared"),
    path("bundles/new/", bundles.new_bundle, name="run_from_bundle"),
    path("runs/<slug:run>/", runs.run, name="run"),
    path("runs/<slug:run>/stop/", runs.stop, name="run_stop"),
    path("runs/<slug:run>/resume/", runs.resume, name="run_resume"),
    path("runs/<slug:run>/compose/", runs.compose, name="run_compose"),
    path("runs/<slug:run>/folder/", run_folders.folder, name="run_folder"),
    path("runs/<slug:run>/delete/", runs.delete, name="run_delete"),
    *clip_urls.urlpatterns,
]
