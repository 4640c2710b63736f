"""Routes of sign-in and of the pages about oneself."""

from django.urls import path

from accounts.views import acting, credentials, sign_in

urlpatterns = [
    path("login/", sign_in.SignIn.as_view(), name="login"),
    path("logout/", sign_in.SignOut.as_view(), name="logout"),
    path("password/", credentials.ChangePassword.as_view(), name="password_change"),
    path("second-factor/", credentials.SecondFactor.as_view(), name="second_factor"),
    path("acting/", acting.switch, name="acting"),
    path("delegations/", acting.delegations, name="delegations"),
    path("delegations/new/", acting.delegate, name="delegate"),
    path("delegations/<int:pk>/revoke/", acting.revoke, name="delegation_revoke"),
]
