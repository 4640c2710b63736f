"""Signing in and out."""

from itertools import groupby

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.views import LoginView, LogoutView
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator

from accounts.addresses import client_address
from accounts.forms import SignInForm
from accounts.models import AccountEvent, EventKind, Membership, User
from accounts.passwords import DEMO_PASSWORD
from accounts.roles import Role


class SignIn(LoginView):
    """User name and password; in a demonstration also a button for each account."""

    template_name = "accounts/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    @method_decorator(transaction.atomic)
    def form_valid(self, form):
        """Open the session and note it."""
        response = super().form_valid(form)
        user = form.get_user()
        AccountEvent.objects.record(EventKind.SIGNED_IN, person=user, by=user, ip=client_address(self.request))
        return response

    def form_invalid(self, form):
        """Note the failure. What was typed is not kept where it names nobody: it may be a password."""
        kind = EventKind.LOCKED_OUT if getattr(self.request, "axes_locked_out", False) else EventKind.SIGN_IN_FAILED
        person = User.objects.filter(username=form.cleaned_data.get("username", "")).first()
        AccountEvent.objects.record(kind, person=person, ip=client_address(self.request))
        return super().form_invalid(form)

    def get_context_data(self, **kwargs):
        """Add the demonstration's accounts where this is one."""
        demo = {"demo_groups": demo_accounts(), "demo_password": DEMO_PASSWORD} if settings.DEMO else {}
        return super().get_context_data(**kwargs, **demo)


def sign_in_first(request: HttpRequest, back: str) -> HttpResponse:
    """The sign-in page in the place of one that asks who is there (401); signing in leads back to it."""
    view = SignIn()
    view.setup(request)
    context = view.get_context_data(form=SignInForm(request))
    return render(request, view.template_name, context | {"next": back}, status=401)


def demo_accounts() -> list[tuple[str, list[Membership]]]:
    """Accounts with a password, by role in the order of `Role`. One query."""
    order = list(Role)
    with_password = Membership.objects.in_force().exclude(person__password__startswith=UNUSABLE_PASSWORD_PREFIX)
    memberships = sorted(
        with_password.select_related("person", "organisation"),
        key=lambda membership: (order.index(membership.role), membership.person.username),
    )
    return [(role, list(members)) for role, members in groupby(memberships, key=lambda membership: membership.role)]


class SignOut(LogoutView):
    """Closes the session (POST only)."""

    def post(self, request, *args, **kwargs):
        """Note it, and close."""
        if request.user.is_authenticated:
            AccountEvent.objects.record(
                EventKind.SIGNED_OUT, person=request.user, by=request.user, ip=client_address(request)
            )
        return super().post(request, *args, **kwargs)
