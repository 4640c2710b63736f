"""Forms of the pages about oneself: sign-in, password, code, delegation."""

from datetime import datetime, time, timedelta

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm, UsernameField
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from accounts import delegating
from accounts.actors import Actor
from accounts.models import Delegation, User
from accounts.queries import colleagues

_LONGEST = timedelta(days=366)


class SignInForm(AuthenticationForm):
    """User name and password; the answer does not tell which of the two was wrong."""

    # Django's own field only tells the browser how long a name may be; the lock-out's table would refuse it later.
    username = UsernameField(
        label=_("User name"),
        max_length=User._meta.get_field("username").max_length,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "autofocus": True}),
    )
    error_messages = {
        "invalid_login": _("The user name and the password do not belong together. Both are case-sensitive."),
        "inactive": _("This account is closed."),
    }


class CodeForm(forms.Form):
    """A one-time code."""

    code = forms.RegexField(
        label=_("One-time code"),
        regex=r"^[0-9]{6}$",
        max_length=6,
        help_text=_("The six digits that your app shows now."),
        error_messages={"invalid": _("The code has six digits.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": True}),
    )


def case_kinds() -> list[tuple[str, str]]:
    """Slug and label of each kind of case: this app stands below the cases, so the settings say who knows them."""
    return import_string(settings.CASE_KINDS)()


class DelegationForm(forms.Form):
    """To whom, for what, from the first day until the end of the last one (Beijing time)."""

    delegate = forms.ModelChoiceField(label=_("Delegate to"), queryset=User.objects.none())
    case_kinds = forms.MultipleChoiceField(
        label=_("Kinds of case"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=case_kinds,
        help_text=_("Tick none to delegate every kind."),
    )
    starts_on = forms.DateField(label=_("First day"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    ends_on = forms.DateField(label=_("Last day"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    reason = forms.CharField(
        label=_("Reason"), max_length=200, help_text=_("Shown to those who see what was done under the delegation.")
    )

    def __init__(self, *args, actor: Actor, **kwargs):
        super().__init__(*args, **kwargs)
        self.actor = actor
        field = self.fields["delegate"]
        field.queryset = colleagues(actor.person, actor.organisation)
        field.error_messages["invalid_choice"] = _("You delegate to somebody else with a role in %(organisation)s.") % {
            "organisation": actor.organisation
        }
        self.initial.setdefault("starts_on", timezone.localdate())

    def clean_starts_on(self):
        """Not before today: nobody acted on behalf of another before it was said."""
        if self.cleaned_data["starts_on"] < timezone.localdate():
            raise ValidationError(_("The first day has passed."))
        return self.cleaned_data["starts_on"]

    def clean_ends_on(self):
        """Within a year, so that no delegation is forgotten."""
        if self.cleaned_data["ends_on"] > timezone.localdate() + _LONGEST:
            raise ValidationError(_("The last day lies within a year from today."))
        return self.cleaned_data["ends_on"]

    def save(self, *, ip: str | None) -> Delegation | None:
        """Give the delegation; None where the rules refuse, whose words are then errors of the form."""
        given = self.cleaned_data
        try:
            return delegating.give(
                by=self.actor,
                delegate=given["delegate"],
                case_kinds=given["case_kinds"],
                starts_at=_midnight(given["starts_on"]),
                ends_at=_midnight(given["ends_on"] + timedelta(days=1)),
                reason=given["reason"],
                ip=ip,
            )
        except ValidationError as refused:
            self._take(refused)
        return None

    def _take(self, refused: ValidationError) -> None:
        if not hasattr(refused, "error_dict"):
            self.add_error(None, refused)
            return
        for name, errors in refused.error_dict.items():
            self.add_error("ends_on" if name == "ends_at" else name, errors)


def _midnight(day) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
