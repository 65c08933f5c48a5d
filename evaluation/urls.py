from django.urls import path

from evaluation import listener_views, package_views, planning_views, public_views, views

app_name = "evaluation"

urlpatterns = [
    path("planning/", planning_views.planning, name="planning"),
    path("planning/<slug:chart>.<str:kind>", planning_views.planning_chart, name="planning_chart"),
    path("surveys/<slug:survey>/results/", views.results, name="results"),
    path("surveys/<slug:survey>/results/report", views.order_report, name="order_report"),
    path("surveys/<slug:survey>/results/package/", package_views.package, name="package"),
    path("surveys/<slug:survey>/results/package/<int:pk>.zip", package_views.package_file, name="package_file"),
    path("surveys/<slug:survey>/results/listeners/<str:listener>/", listener_views.listener, name="listener"),
    path(
        "surveys/<slug:survey>/results/listeners/<str:listener>/<slug:chart>.<str:kind>",
        listener_views.listener_chart,
        name="listener_chart",
    ),
    path("surveys/<slug:survey>/public/", public_views.switch, name="public"),
    path("surveys/<slug:survey>/preregistration/", package_views.preregistration, name="preregistration"),
    path("surveys/<slug:survey>/preregistration/fix", package_views.fix, name="fix"),
    path("surveys/<slug:survey>/preregistration/plan.md", package_views.plan, name="plan"),
    path("surveys/<slug:survey>/results/<slug:chart>.<str:kind>", views.chart, name="chart"),
]
