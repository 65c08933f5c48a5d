from django.urls import path

from generation.views import bundles, clips, corpora, runs

app_name = "generation"

urlpatterns = [
    path("corpora/", corpora.corpora, name="corpora"),
    path("corpora/<slug:corpus>/", corpora.corpus, name="corpus"),
    path("runs/", runs.runs, name="runs"),
    path("bundles/new/", bundles.new_bundle, name="run_from_bundle"),
    path("runs/<slug:run>/", runs.run, name="run"),
    path("sources/", clips.sources, name="sources"),
    path("sources/<slug:source>/", clips.source, name="source"),
    path("sources/<slug:source>/clips/<int:number>/", clips.clip, name="clip"),
    path("sources/<slug:source>/clips/<int:number>/sound/", clips.sound, name="sound"),
]
