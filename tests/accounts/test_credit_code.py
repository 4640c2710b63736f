"""Unified social credit codes (GB 32100-2015)."""

import pytest
from django.core.exceptions import ValidationError
from django.forms import modelform_factory
from hypothesis import given
from hypothesis import strategies as st

from accounts.credit_code import normal_form, validate_credit_code
from accounts.models import Organisation
from tests.cast import credit_code
from tests.factories.accounts import OrganisationFactory

CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def with_check(body: str) -> str:
    """The standard's sum: each place weighs three times the one before, modulo 31."""
    total = sum(CHARACTERS.index(character) * pow(3, place, 31) for place, character in enumerate(body))
    return body + CHARACTERS[-total % 31]


@pytest.mark.parametrize(
    "code",
    [
        "91110000600037341L",
        with_check("12440304MB2D00001"),
        with_check("Y1440304MJL123456"),
        with_check("N2440304MF5678901"),
        with_check("A1440304MB2A0000X"),
        with_check("AA440304MB2A0000X"),
    ],
)
def test_digit_first_and_letter_first_codes_are_taken(code):
    validate_credit_code(code)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("91110000600037341", "credit_code_length"),
        ("91110000600037341LL", "credit_code_length"),
        ("", "credit_code_length"),
        ("91110000600037341M", "credit_code_check"),
        ("Y1440304MJL123465" + with_check("Y1440304MJL123456")[17], "credit_code_check"),
        ("9I110000600037341L", "credit_code_characters"),
        ("91110000600037341O", "credit_code_characters"),
        ("911100A0600037341L", "credit_code_characters"),
        ("91110000600037341l", "credit_code_characters"),
        ("<script>alert(1)</", "credit_code_characters"),
        ("91110000600037341\n", "credit_code_characters"),
    ],
)
def test_wrong_codes_are_refused_with_the_reason(code, reason):
    with pytest.raises(ValidationError) as refused:
        validate_credit_code(code)
    assert refused.value.code == reason


@pytest.mark.parametrize(
    "typed",
    ["91110000600037341l", "９１１１００００６０００３７３４１Ｌ", " 9111 0000 6000 3734 1L ", "91110000-600037341-L"],
)
def test_lower_case_full_width_and_spaces_are_put_right(typed):
    assert normal_form(typed) == "91110000600037341L"


@given(st.text(CHARACTERS, min_size=2, max_size=2), st.integers(0, 999999), st.text(CHARACTERS, min_size=9, max_size=9))
def test_every_code_with_its_own_check_character_is_taken_and_no_other(front, region, subject):
    body = f"{front}{region:06d}{subject}"
    right = with_check(body)[17]
    validate_credit_code(body + right)
    for wrong in set(CHARACTERS) - {right}:
        with pytest.raises(ValidationError):
            validate_credit_code(body + wrong)


def test_a_form_puts_the_code_right_and_words_its_refusal_at_the_field(db):
    form_class = modelform_factory(Organisation, fields=["name", "kind", "uscc"])
    typed = {"name": "Company", "kind": "operator"}
    assert form_class({**typed, "uscc": "９１１１ 0000 6000 3734 1l"}).save().uscc == "91110000600037341L"
    assert form_class({**typed, "name": "Body without a code", "uscc": ""}).save().uscc is None
    refused = form_class({**typed, "name": "Third", "uscc": "911"})
    assert refused.errors == {"uscc": ["A unified social credit code has 18 characters; this one has 3."]}


def test_one_code_belongs_to_one_organisation_and_bodies_without_code_are_many(db):
    OrganisationFactory(uscc=credit_code(7))
    with pytest.raises(ValidationError) as refused:
        Organisation(name="Another", kind="operator", uscc=credit_code(7).lower()).full_clean()
    assert list(refused.value.error_dict) == ["uscc"]
    OrganisationFactory(uscc=None)
    OrganisationFactory(uscc=None)
