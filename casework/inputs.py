"""What a step asks for, declared once beside the step.

The page's form, the API's description of an action and the check of what came in are all made from these.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.validators import RegexValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from casework.refusals import InvalidInput


@dataclass(frozen=True, kw_only=True)
class Input:
    """One thing asked for. `kind` is one of the keys of `FIELDS`; choices may be computed for the case."""

    kind: str
    label: str
    help: str = ""
    required: bool = True
    later: bool = False
    """Not required while a draft is written, but before it goes on, so that it is not called optional."""
    max_length: int | None = None
    min_value: int | None = None
    max_value: int | None = None
    choices: Callable[[], list[tuple[str, str]]] | list[tuple[str, str]] = ()
    phrases: tuple[str, ...] = ()
    initial: object = None
    group: str = ""
    needed_when: tuple[str, str] | None = None
    """Another input and its value that make this one required."""

    def __post_init__(self):
        if self.later:
            object.__setattr__(self, "required", False)

    def field(self) -> forms.Field:
        """The Django form field that shows and checks this input."""
        return FIELDS[self.kind](self)


def _common(asked: Input) -> dict:
    return {"label": asked.label, "help_text": asked.help, "required": asked.required, "initial": asked.initial}


def _today() -> date:
    return timezone.localdate()


def _date(asked: Input, validators: Sequence[Callable] = ()) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(widget=widget, validators=validators, **_common(asked))


def _not_past(day: date) -> None:
    if day < _today():
        raise ValidationError(_("Enter today or a later day."))


def _not_future(day: date) -> None:
    if day > _today():
        raise ValidationError(_("Enter today or an earlier day."))


_PHONE = RegexValidator(r"^[0-9+()\- ]{5,30}$", _("Enter a telephone number: digits, spaces, brackets, + and - only."))


def _text(asked: Input, widget: forms.Widget) -> forms.CharField:
    return forms.CharField(max_length=asked.max_length or 200, widget=widget, **_common(asked))


class CodesField(forms.CharField):
    """Several codes: from a page one a line, from a program as a list. Cleaned into a list without repetition."""

    default_error_messages = {
        "invalid": _("Enter codes, one a line."),
        "too_many": _("At most %(most)s at a time."),
    }
    most = 500

    def to_python(self, value) -> list[str]:
        """The codes; white space and commas part them."""
        if isinstance(value, list | tuple):
            if not all(isinstance(code, str) for code in value):
                raise ValidationError(self.error_messages["invalid"], code="invalid")
            value = "\n".join(value)
        codes = list(dict.fromkeys(re.split(r"[\s,，、;；]+", super().to_python(value).strip()))) if value else []
        codes = [code for code in codes if code]
        if len(codes) > self.most:
            raise ValidationError(self.error_messages["too_many"] % {"most": self.most}, code="too_many")
        return codes

    def run_validators(self, value) -> None:
        """Refuse what no code holds."""
        super().run_validators("\n".join(value))


FIELDS: dict[str, Callable[[Input], forms.Field]] = {
    "codes": lambda asked: CodesField(
        max_length=asked.max_length or 20000, widget=forms.Textarea(attrs={"rows": 4}), **_common(asked)
    ),
    "text": lambda asked: _text(asked, forms.TextInput()),
    "longtext": lambda asked: forms.CharField(
        max_length=asked.max_length or 4000, widget=forms.Textarea(attrs={"rows": 4}), **_common(asked)
    ),
    "integer": lambda asked: forms.IntegerField(min_value=asked.min_value, max_value=asked.max_value, **_common(asked)),
    "decimal": lambda asked: forms.DecimalField(
        min_value=asked.min_value, max_value=asked.max_value, max_digits=14, decimal_places=2, **_common(asked)
    ),
    "phone": lambda asked: forms.CharField(
        max_length=asked.max_length or 30,
        validators=[_PHONE],
        widget=forms.TextInput(attrs={"type": "tel"}),
        **_common(asked),
    ),
    "email": lambda asked: forms.EmailField(max_length=asked.max_length or 200, **_common(asked)),
    "hidden": lambda asked: _text(asked, forms.HiddenInput()),
    "date": _date,
    "future_date": lambda asked: _date(asked, [_not_past]),
    "past_date": lambda asked: _date(asked, [_not_future]),
    "datetime": lambda asked: forms.DateTimeField(
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"), **_common(asked)
    ),
    "choice": lambda asked: forms.ChoiceField(choices=asked.choices, widget=forms.RadioSelect(), **_common(asked)),
    "choices": lambda asked: forms.MultipleChoiceField(
        choices=asked.choices, widget=forms.CheckboxSelectMultiple(), **_common(asked)
    ),
    "confirm": lambda asked: forms.BooleanField(
        error_messages={"required": _("Tick the box to go on.")}, **_common(asked)
    ),
}

_NUMBER, _DAY = (int, float, Decimal, str), (str, date)
SHAPES: dict[str, tuple[type, ...]] = {
    "integer": _NUMBER, "decimal": _NUMBER, "date": _DAY, "future_date": _DAY, "past_date": _DAY, "datetime": _DAY,
    "choices": (list, tuple), "codes": (list, tuple, str), "confirm": (bool, str),
}  # fmt: skip
"""What a value may be before a form reads it; text for every other kind. Programs send any JSON there is."""
Inputs = Mapping[str, Input]


class StepForm(forms.Form):
    """The form of one step: a field for each input."""

    def __init__(self, *args, inputs: Inputs, **kwargs):
        super().__init__(*args, **kwargs)
        self.inputs = inputs
        for name, asked in inputs.items():
            self.fields[name] = asked.field()
            self.fields[name].group = asked.group
            self.fields[name].phrases = asked.phrases
            self.fields[name].later = asked.later
            self.fields[name].needed_when = asked.needed_when

    def clean(self) -> dict:
        """Ask for what another answer has made necessary."""
        for name, asked in self.inputs.items():
            if asked.needed_when is None or self.cleaned_data.get(name):
                continue
            other, value = asked.needed_when
            if self.cleaned_data.get(other) == value:
                self.add_error(name, self.fields[name].error_messages["required"])
        return self.cleaned_data


def clean(inputs: Inputs, given: Mapping, *, article: str = "") -> dict:
    """The checked values of `given`, ready for the step's body.

    Raises:
        InvalidInput: with the messages of each field, also for a name that the step does not ask for.
    """
    shapeless = {
        name
        for name, asked in inputs.items()
        if given.get(name) is not None and not isinstance(given[name], SHAPES.get(asked.kind, (str,)))
    }
    form = StepForm({name: value for name, value in given.items() if name not in shapeless}, inputs=inputs)
    errors = {} if form.is_valid() else {name: list(messages) for name, messages in form.errors.items()}
    for name in shapeless:
        said = form.fields[name].error_messages
        errors[name] = [said.get("invalid") or said.get("invalid_list") or _("Enter text.")]
    for name in set(given) - set(inputs):
        errors.setdefault(NON_FIELD_ERRORS, []).append(_("“%(name)s” is not asked for here.") % {"name": name})
    if errors:
        raise InvalidInput(errors, article=article)
    return form.cleaned_data
