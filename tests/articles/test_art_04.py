"""Art. 4: raw data never leave the domain: what the portal keeps and gives out are agreements and metadata."""

from datetime import date
from io import BytesIO

import pytest
from django.db import models
from openpyxl import load_workbook

from authorizations import exports
from authorizations.models import DataResource, Export, Grant, ResourceVersion
from authorizations.models.resource import TEXT_FIELDS
from casework.refusals import GuardRefused, NotVisible, NotYourStep
from regulation import rules
from tests.desk import nothing_changes, refused
from tests.story import NOW


def cells(data: bytes) -> list[tuple]:
    return [row for sheet in load_workbook(BytesIO(data)) for row in sheet.iter_rows(values_only=True)]


def path(grant: Grant, rest: str = "") -> str:
    return f"/api/v1/grants/{grant.code}/{rest}"


def test_4a_the_field_list_of_a_grant_has_names_and_types_and_no_datum(data_story, page, api):
    grant = data_story.grant()
    shown = page(data_story.cast.operator).open("grant-dictionary", grant.code)
    assert cells(shown.content) == [
        ("Field", "Label", "Type", "Sensitivity"), ("district", "District", "code", "s1"),
        ("visits", "Visits", "number", "s2"),
    ]  # fmt: skip
    assert cells(api(data_story.cast.operator).get(path(grant, "dictionary/")).content) == cells(shown.content)


def test_4a_no_column_of_a_resource_holds_data(data_story):
    free = {
        field.name
        for model in (DataResource, ResourceVersion)
        for field in model._meta.local_fields
        if isinstance(field, models.FileField | models.BinaryField)
    }
    assert free == set()
    assert set(data_story.grant().version.fields[0]) == {"name", "label", "type", "sensitivity"}
    assert "fields" in TEXT_FIELDS


def test_4a_no_mode_of_use_takes_raw_data_out(data_story):
    modes = dict(rules.in_force(NOW.date()).options("mode_of_use"))
    assert set(modes) == {"query", "modelling", "privacy_computing", "result_interface"}
    agreement = data_story.use_agreement("draft")
    # An agreement is signed in Chinese, whoever drafts it.
    assert "原始数据不出域" in agreement.parts["access"]
    assert "平台内建模分析" in agreement.parts["access"]


def test_4a_an_export_holds_particulars_and_figures_only(data_story, page, api):
    grant = data_story.grant()
    grant.months.create(month=date(2026, 2, 1), calls=12, failures=2, rows=300, last_call_at=NOW)
    answer = api(data_story.cast.operator).post(path(grant, "exports/"))
    assert (answer.status_code, answer.json()["status"]) == (201, "waiting")
    assert exports.make_next()
    assert not exports.make_next()
    made = Export.objects.get()
    assert made.file.name.startswith("exports/")
    assert grant.code not in made.file.name
    shown = page(data_story.cast.operator).open("export-file", grant.code, made.code)
    content = cells(b"".join(shown.streaming_content))
    rows = dict(row[:2] for row in content)
    assert rows["数据使用权限"] == grant.code
    assert ("2026-02", 12, 2, 300) in [tuple(row) for row in content]
    assert "district" not in str(content)
    answer = api(data_story.cast.operator).get(path(grant, f"exports/{made.code}/"))
    assert answer.status_code == 200


@pytest.mark.parametrize("who", ["bureau", "health", "finance"])
def test_4a_whoever_only_sees_a_grant_orders_no_export_of_it(data_story, page, api, who):
    grant, actor = data_story.grant(), data_story.cast[who]
    refused(NotYourStep, exports.order, grant, by=actor, at=NOW)
    with nothing_changes():
        assert page(actor).send("order-export", grant.code).status_code == 403
        assert api(actor).post(path(grant, "exports/")).status_code == 403


def test_4a_an_export_is_its_users_alone(data_story, page, api):
    grant = data_story.grant()
    made = exports.order(grant, by=data_story.cast.operator, at=NOW)
    exports.make_next()
    for who in ("bureau", "health", "outsider", "partner", "applicant"):
        actor = data_story.cast[who]
        refused(NotVisible, exports.read, made.code, by=actor, at=NOW)
        assert page(actor).open("export-file", grant.code, made.code).status_code == 404
        assert api(actor).get(path(grant, f"exports/{made.code}/")).status_code == 404


def test_4a_nothing_is_given_out_while_the_grant_is_closed(data_story, page, api):
    grant, user = data_story.grant(), data_story.cast.operator
    made = exports.order(grant, by=user, at=NOW)
    exports.make_next()
    grant.agreement.suspend(by=data_story.cast.bureau, reason="A breach was found.")
    refusal = refused(GuardRefused, exports.read, made.code, by=user, at=NOW)
    assert refusal.article == "39"
    with nothing_changes():
        for name, *args in (("grant-dictionary", grant.code), ("export-file", grant.code, made.code)):
            assert page(user).open(name, *args).status_code == 409
        assert page(user).send("order-export", grant.code).status_code == 409
        for rest in ("dictionary/", f"exports/{made.code}/"):
            assert api(user).get(path(grant, rest)).status_code == 409
        assert api(user).post(path(grant, "exports/")).status_code == 409
