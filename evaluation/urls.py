from django.urls import path

from evaluation.pages import package, participants, power, public, results

app_name = "evaluation"

urlpatterns = [
    path("planning/", power.planning, name="planning"),
    path("planning/<slug:chart>.<str:kind>", power.planning_chart, name="planning_chart"),
    path("surveys/<slug:survey>/results/", results.results, name="results"),
    path("surveys/<slug:survey>/results/report", results.order_report, name="order_report"),
    path("surveys/<slug:survey>/results/package/", package.package, name="package"),
    path("surveys/<slug:survey>/results/package/<int:pk>.zip", package.package_file, name="package_file"),
    path("surveys/<slug:survey>/results/listeners/<str:listener>/", participants.listener, name="listener"),
    path(
        "surveys/<slug:survey>/results/listeners/<str:listener>/<slug:chart>.<str:kind>",
        participants.listener_chart,
        name="listener_chart",
    ),
    path("surveys/<slug:survey>/public/", public.switch, name="public"),
    path("surveys/<slug:survey>/preregistration/", package.preregistration, name="preregistration"),
    path("surveys/<slug:survey>/preregistration/fix", package.fix, name="fix"),
    path("surveys/<slug:survey>/preregistration/plan.md", package.plan, name="plan"),
    path("surveys/<slug:survey>/results/<slug:chart>.<str:kind>", results.chart, name="chart"),
]
