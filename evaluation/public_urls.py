from django.urls import path

from studies.lazy_import import lazy_view

app_name = "public"

urlpatterns = [path("<slug:address>/", lazy_view("evaluation.pages.public.results"), name="results")]
