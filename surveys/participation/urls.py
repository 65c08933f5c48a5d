from django.urls import path, re_path

from surveys.participation import views

app_name = "surveys"

urlpatterns = [
    path("<slug:slug>/", views.welcome, name="welcome"),
    path("<slug:slug>/withdraw/", views.withdraw, name="withdraw"),
    path("<slug:slug>/withdrawn/", views.withdrawal_done, name="withdrawn"),
    path("<slug:slug>/<slug:code>/", views.resume, name="resume"),
    path("<slug:slug>/<slug:code>/about/", views.about, name="about"),
    path("<slug:slug>/<slug:code>/thanks/", views.thanks, name="thanks"),
    path("<slug:slug>/<slug:code>/<int:position>/", views.trial, name="trial"),
    re_path(
        r"^(?P<slug>[-\w]+)/(?P<code>[-\w]+)/audio/(?P<key>[-\w]+)\.(?P<suffix>mp3|opus)$", views.audio, name="audio"
    ),
]
