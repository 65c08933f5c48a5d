"""The URLs of all apps."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("studio.urls")),
    path("", include("studies.urls")),
    path("s/", include("surveys.participation.urls")),
    path("r/", include("evaluation.public_urls")),
    path("studio/<slug:study>/", include("jobs.urls")),
    path("studio/<slug:study>/", include("generation.urls")),
    path("studio/<slug:study>/", include("surveys.researcher.urls")),
    path("studio/<slug:study>/", include("evaluation.urls")),
    path("admin/", admin.site.urls),
]
