from django.urls import path

from evaluation import views

app_name = "evaluation"

urlpatterns = [
    path("surveys/<slug:survey>/results/", views.results, name="results"),
    path("surveys/<slug:survey>/results/report", views.order_report, name="order_report"),
    path("surveys/<slug:survey>/results/results.zip", views.package, name="package"),
    path("surveys/<slug:survey>/results/<slug:chart>.<str:kind>", views.chart, name="chart"),
]
