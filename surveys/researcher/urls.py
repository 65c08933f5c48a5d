from django.urls import path

from surveys.researcher import views

app_name = "survey_studio"

urlpatterns = [
    path("surveys/", views.surveys, name="surveys"),
    # Not below surveys/, where a survey named "new" would lie.
    path("new-survey/", views.new_survey, name="new_survey"),
    path("surveys/<slug:slug>/", views.survey, name="survey"),
    path("surveys/<slug:slug>/preview/", views.preview, name="preview"),
    path("surveys/<slug:slug>/fairness/", views.fairness, name="fairness"),
    path("surveys/<slug:slug>/policy/", views.policy, name="policy"),
    path("surveys/<slug:slug>/rules/", views.rules, name="rules"),
    path("surveys/<slug:slug>/open/", views.open_, name="open"),
    path("surveys/<slug:slug>/close/", views.close, name="close"),
    path("surveys/<slug:slug>/rehearse/", views.rehearse, name="rehearse"),
    path("surveys/<slug:slug>/forget-robots/", views.forget_robots, name="forget_robots"),
]
