from django.urls import path

from evaluation import planning_views, views

app_name = "evaluation"

urlpatterns = [
    path("planning/", planning_views.planning, name="planning"),
    path("planning/<slug:chart>.<str:kind>", planning_views.planning_chart, name="planning_chart"),
    path("surveys/<slug:survey>/results/", views.results, name="results"),
    path("surveys/<slug:survey>/results/report", views.order_report, name="order_report"),
    path("surveys/<slug:survey>/results/results.zip", views.package, name="package"),
    path("surveys/<slug:survey>/results/<slug:chart>.<str:kind>", views.chart, name="chart"),
]
