from django.urls import path

from jobs import views

app_name = "jobs"

urlpatterns = [
    path("jobs/", views.jobs, name="jobs"),
    path("jobs/<int:pk>/", views.job, name="job"),
    path("jobs/<int:pk>/part/", views.job_part, name="job_part"),
    path("jobs/<int:pk>/status/", views.status, name="status"),
    path("jobs/<int:pk>/stop/", views.stop, name="stop"),
]
