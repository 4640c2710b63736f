"""Forms of chapter 3 that are not the form of a step."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Organisation, OrganisationKind, User
from accounts.roles import Role
from operators import guards
from operators.models import Expert


class ConflictForm(forms.Form):
    """An expert's declaration about one organisation."""

    organisation = forms.ModelChoiceField(
        label=_("Organisation"),
        queryset=Organisation.objects.filter(kind=OrganisationKind.OPERATOR, active=True).order_by("name"),
        empty_label=_("Choose an organisation"),
    )
    reason = forms.CharField(label=_("What the conflict of interest is"), max_length=400)

    def __init__(self, *args, expert: Expert, **kwargs):
        super().__init__(*args, **kwargs)
        self.expert = expert

    def clean_organisation(self) -> Organisation:
        """Refuse a second declaration about the same organisation."""
        organisation = self.cleaned_data["organisation"]
        if self.expert.conflicts.filter(organisation=organisation).exists():
            raise forms.ValidationError(_("You have declared this organisation already."))
        return organisation


class ExpertForm(forms.ModelForm):
    """An expert of the pool. The employer is the organisation in which the person holds the role of an expert."""

    expertise = forms.MultipleChoiceField(label=_("Fields of expertise"), widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = Expert
        fields = ["person", "post", "expertise", "active"]
        labels = {"person": _("Person"), "post": _("Post or title"), "active": _("Available for panels")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["expertise"].choices = guards.rules_today().options("expertise")
        if self.instance.pk:
            del self.fields["person"]
        else:
            self.fields["person"].queryset = self._candidates()
            self.fields["person"].empty_label = _("Choose a person")
            self.fields["person"].help_text = _("People to whom the security administrator gave the role of an expert.")

    @staticmethod
    def _candidates():
        held = Membership.objects.in_force().filter(role=Role.EXPERT)
        return User.objects.filter(pk__in=held.values("person"), expert=None).order_by("name")

    def save(self, commit: bool = True) -> Expert:
        """Write the expert with the employer that follows from the role."""
        if not self.instance.pk:
            held = Membership.objects.in_force().filter(role=Role.EXPERT, person=self.cleaned_data["person"])
            self.instance.employer = held.order_by("id").first().organisation
        return super().save(commit)
