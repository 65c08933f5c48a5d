from django.urls import path

from surveys import studio_views

app_name = "desk"

urlpatterns = [
    path("surveys/", studio_views.surveys, name="surveys"),
    # Not below surveys/, where a survey named "new" would lie.
    path("new-survey/", studio_views.new_survey, name="new_survey"),
    path("surveys/<slug:slug>/", studio_views.survey, name="survey"),
    path("surveys/<slug:slug>/preview/", studio_views.preview, name="preview"),
    path("surveys/<slug:slug>/fairness/", studio_views.fairness, name="fairness"),
    path("surveys/<slug:slug>/policy/", studio_views.policy, name="policy"),
    path("surveys/<slug:slug>/rules/", studio_views.rules, name="rules"),
    path("surveys/<slug:slug>/open/", studio_views.open_, name="open"),
    path("surveys/<slug:slug>/close/", studio_views.close, name="close"),
    path("surveys/<slug:slug>/rehearse/", studio_views.rehearse, name="rehearse"),
    path("surveys/<slug:slug>/forget-robots/", studio_views.forget_robots, name="forget_robots"),
]
