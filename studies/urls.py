from django.contrib.auth import views as auth
from django.urls import path

from studies import views

app_name = "studies"

urlpatterns = [
    path("sign-in/", auth.LoginView.as_view(template_name="studies/sign_in.html"), name="sign_in"),
    path("sign-out/", auth.LogoutView.as_view(), name="sign_out"),
    path("invitation/<str:key>/", views.invitation, name="invitation"),
    path("account/", views.account, name="account"),
    path("account/tokens/<int:token>/revoke/", views.revoke, name="revoke"),
    path("studio/<slug:study>/people/", views.people, name="people"),
    path("studio/<slug:study>/people/invite/", views.invite, name="invite"),
    path("studio/<slug:study>/people/invitations/<int:invitation>/withdraw/", views.withdraw, name="withdraw"),
    path("studio/<slug:study>/people/<int:membership>/", views.change_role, name="change_role"),
]
