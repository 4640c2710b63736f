"""The person's own password and second factor."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.auth.views import PasswordChangeView, RedirectURLMixin
from django.db import transaction
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import FormView

from accounts import second_factor
from accounts.addresses import client_address
from accounts.forms import CodeForm
from accounts.models import AccountEvent, EventKind
from accounts.passwords import must_change


class ChangePassword(RedirectURLMixin, PasswordChangeView):
    """Choose a new password, by wish or because the old one is no longer taken."""

    template_name = "accounts/password.html"
    next_page = settings.LOGIN_REDIRECT_URL

    @method_decorator(transaction.atomic)
    def form_valid(self, form):
        """Save, keep the session, note it."""
        response = super().form_valid(form)
        user = self.request.user
        AccountEvent.objects.record(EventKind.PASSWORD_CHANGED, person=user, by=user, ip=client_address(self.request))
        messages.success(self.request, _("Your password has been changed."))
        return response

    def get_context_data(self, **kwargs):
        """Say whether it has to be."""
        return super().get_context_data(**kwargs, forced=must_change(self.request.user), next=self.get_redirect_url())


@method_decorator(never_cache, name="dispatch")
class SecondFactor(LoginRequiredMixin, RedirectURLMixin, FormView):
    """Gives the code of an enrolled device, or enrols one."""

    form_class = CodeForm
    next_page = settings.LOGIN_REDIRECT_URL

    def dispatch(self, request, *args, **kwargs):
        """Look up the device once."""
        if request.user.is_authenticated:
            second_factor.forget_state(request)
            self.enrolled = second_factor.confirmed_device(request.user)
            self.device = self.enrolled or second_factor.device_to_enrol(request.user)
        return super().dispatch(request, *args, **kwargs)

    def get_template_names(self):
        """Done, to be verified, or to be enrolled."""
        if self.request.user.is_verified():
            return ["accounts/second_factor_done.html"]
        return ["accounts/second_factor_verify.html" if self.enrolled else "accounts/second_factor_enrol.html"]

    def form_valid(self, form):
        """Take the code."""
        passed = second_factor.verify(
            self.request, self.device, form.cleaned_data["code"], ip=client_address(self.request)
        )
        if passed:
            return super().form_valid(form)
        form.add_error(
            "code", _("This code is wrong, was used before, or came too soon after a wrong one. Wait for the next.")
        )
        return self.form_invalid(form)

    def get_context_data(self, **kwargs):
        """Add what a new device needs, only while it is new."""
        new = {} if self.enrolled else {
            "qr_code": second_factor.qr_code(self.device),
            "typed_key": second_factor.typed_key(self.device),
            "required": second_factor.required(self.request),
        }  # fmt: skip
        return super().get_context_data(**kwargs, **new, next=self.get_redirect_url())
