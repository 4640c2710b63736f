"""Forms of chapter 4 that are not the form of a step."""

from django import forms
from django.core.validators import RegexValidator
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from authorizations import workbooks


class ResponsibleForm(forms.ModelForm):
    """The unit and the person that answer for a department's data, and how to reach them (Art. 6(1))."""

    class Meta:
        model = Organisation
        fields = ["responsible_unit", "responsible_person", "responsible_phone", "email"]
        labels = {
            "responsible_unit": _("Responsible unit"), "responsible_person": _("Responsible person"),
            "responsible_phone": _("Telephone"), "email": _("E-mail address"),
        }  # fmt: skip
        help_texts = {
            "responsible_unit": _("The unit that looks after the department's data; the public catalogue names it."),
            "responsible_person": _("Shown inside the portal only."),
        }  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("responsible_unit", "responsible_person", "responsible_phone"):
            self.fields[name].required = True
        digits = _("Enter a telephone number: digits, spaces, brackets, + and - only.")
        self.fields["responsible_phone"].validators.append(RegexValidator(r"^[0-9+()\- ]{5,30}$", digits))
        self.fields["responsible_phone"].widget.input_type = "tel"


class ImportForm(forms.Form):
    """A workbook with a department's resources (Art. 6(2))."""

    file = forms.FileField(
        label=_("Excel workbook"), widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
        help_text=format_lazy(
            _("At most {size} MB and {rows} resources."), size=workbooks.BYTES_AT_MOST // 1024 // 1024,
            rows=workbooks.RESOURCES_AT_MOST,
        ),
    )  # fmt: skip

    def clean_file(self):
        """Refuse what is too large before it is read."""
        file = self.cleaned_data["file"]
        if file.size > workbooks.BYTES_AT_MOST:
            raise forms.ValidationError(workbooks.too_large())
        return file
