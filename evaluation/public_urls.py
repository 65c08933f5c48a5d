from django.urls import path

from evaluation.pages import public

app_name = "public"

urlpatterns = [path("<slug:address>/", public.results, name="results")]
