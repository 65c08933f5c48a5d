from django.urls import path

from studies.lazy_import import lazy_views

app_name = "survey_studio"
page = lazy_views("surveys.researcher.views")  # what measures clips is imported with the first of them

urlpatterns = [
    path("surveys/", page("surveys"), name="surveys"),
    # Not below surveys/, where a survey named "new" would lie.
    path("new-survey/", page("new_survey"), name="new_survey"),
    path("surveys/<slug:slug>/", page("survey"), name="survey"),
    path("surveys/<slug:slug>/preview/", page("preview"), name="preview"),
    path("surveys/<slug:slug>/fairness/", page("fairness"), name="fairness"),
    path("surveys/<slug:slug>/policy/", page("policy"), name="policy"),
    path("surveys/<slug:slug>/rules/", page("rules"), name="rules"),
    path("surveys/<slug:slug>/open/", page("open_"), name="open"),
    path("surveys/<slug:slug>/close/", page("close"), name="close"),
    path("surveys/<slug:slug>/rehearse/", page("rehearse"), name="rehearse"),
    path("surveys/<slug:slug>/forget-robots/", page("forget_robots"), name="forget_robots"),
]
