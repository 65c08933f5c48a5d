from django.urls import path

from generation import views

app_name = "generation"

urlpatterns = [
    path("corpora/", views.corpora, name="corpora"),
    path("corpora/<slug:corpus>/", views.corpus, name="corpus"),
    path("runs/", views.runs, name="runs"),
    path("runs/<slug:run>/", views.run, name="run"),
    path("sources/", views.sources, name="sources"),
    path("sources/<slug:source>/", views.source, name="source"),
    path("sources/<slug:source>/clips/<int:number>/", views.clip, name="clip"),
    path("sources/<slug:source>/clips/<int:number>/sound/", views.sound, name="sound"),
]
