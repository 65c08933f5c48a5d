from django.urls import path

from evaluation.views import public

app_name = "public"

urlpatterns = [path("<slug:address>/", public.results, name="results")]
