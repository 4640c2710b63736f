"""The unified social credit code of organisations (GB 32100-2015): normal form, validator, model field."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from stdnum.cn import uscc

_CHARACTER = "[0-9A-HJ-NPQRTUWXY]"
# Registering authority and kind of body may be letters (Y for others, N for farming, A for the military); then six
# digits of the region. python-stdnum wants eight digits in front and refuses those, so only its check sum is used.
_SHAPE = re.compile(rf"{_CHARACTER}{{2}}[0-9]{{6}}{_CHARACTER}{{10}}")


def normal_form(value: str) -> str:
    """Half-width capitals without spaces and hyphens."""
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", value)).upper()


def validate_credit_code(value: str) -> None:
    """Refuse what is not a code in normal form.

    Raises:
        ValidationError: with a sentence that says what is wrong: length, characters, or the check character.
    """
    if len(value) != 18:
        raise ValidationError(
            _("A unified social credit code has 18 characters; this one has %(count)d."),
            code="credit_code_length",
            params={"count": len(value)},
        )
    if not _SHAPE.fullmatch(value):
        raise ValidationError(
            _(
                "A unified social credit code is made of digits and capital letters without I, O, S, V and Z; "
                "its third to eighth characters are digits."
            ),
            code="credit_code_characters",
        )
    if uscc.calc_check_digit(value[:17]) != value[17]:
        raise ValidationError(
            _("The check character of this unified social credit code is wrong. Is a character mistyped or swapped?"),
            code="credit_code_check",
        )


class CreditCodeField(models.CharField):
    """A credit code, or null where a body has none; typed spaces, lower case and full width are put right."""

    default_validators = [validate_credit_code]

    def __init__(self, *args, **kwargs):
        kwargs["max_length"] = 18
        super().__init__(*args, **kwargs)

    def to_python(self, value):
        """The code in normal form."""
        value = super().to_python(value)
        return normal_form(value) if value else value

    def formfield(self, **kwargs):
        """A field that leaves room for spaces, so that the validator and not the length speaks."""
        return super().formfield(**{"max_length": 60, "empty_value": None, **kwargs})
