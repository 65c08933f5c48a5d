from django.urls import path

from studies.lazy_import import lazy_views

app_name = "evaluation"
page = lazy_views("evaluation.pages")  # pandas, scipy and plotly are imported with the first of them

urlpatterns = [
    path("planning/", page("power.planning"), name="planning"),
    path("planning/<slug:chart>.<str:kind>", page("power.planning_chart"), name="planning_chart"),
    path("surveys/<slug:survey>/results/", page("results.results"), name="results"),
    path("surveys/<slug:survey>/results/report", page("results.order_report"), name="order_report"),
    path("surveys/<slug:survey>/results/package/", page("package.package"), name="package"),
    path("surveys/<slug:survey>/results/package/<int:pk>.zip", page("package.package_file"), name="package_file"),
    path("surveys/<slug:survey>/results/listeners/<str:listener>/", page("participants.listener"), name="listener"),
    path(
        "surveys/<slug:survey>/results/listeners/<str:listener>/<slug:chart>.<str:kind>",
        page("participants.listener_chart"),
        name="listener_chart",
    ),
    path("surveys/<slug:survey>/public/", page("public.switch"), name="public"),
    path("surveys/<slug:survey>/preregistration/", page("package.preregistration"), name="preregistration"),
    path("surveys/<slug:survey>/preregistration/fix", page("package.fix"), name="fix"),
    path("surveys/<slug:survey>/preregistration/plan.md", page("package.plan"), name="plan"),
    path("surveys/<slug:survey>/results/<slug:chart>.<str:kind>", page("results.chart"), name="chart"),
]
