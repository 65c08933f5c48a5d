from django.urls import path

from studio import views

app_name = "studio"

urlpatterns = [
    path("", views.welcome, name="welcome"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("healthz", views.healthz, name="healthz"),
    path("api/", views.api_page, name="api_page"),
    path("api/openapi.json", views.openapi, name="openapi"),
    path("api/<path:path>", views.api, name="api"),
    path("studio/", views.home, name="home"),
    path("studio/<slug:study>/", views.study, name="study"),
]
