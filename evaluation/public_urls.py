from django.urls import path

from evaluation import public_views

app_name = "public"

urlpatterns = [path("<slug:address>/", public_views.results, name="results")]
