"""Art. 13: the agreement's ten required parts, its term, and the text that both sides sign."""

import hashlib
import re
from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from casework.beginning import begin
from casework.models.outbox import OutboxMessage
from casework.models.paper import Paper
from casework.outbox import deliver
from casework.refusals import GuardRefused, InvalidInput, NotYourStep, StaleVersion, WrongState
from operators.jobs import sweep_agreements
from operators.models import OperatingAgreement
from operators.models.agreement import Signature, years_later
from regulation import rules
from tests.desk import nothing_changes, refused
from tests.story import BEIJING, DAY, NOW

pytestmark = pytest.mark.printed

PARTS = [
    "parties", "content", "procedure", "scope", "term", "responsibility", "supervision", "termination", "security",
    "force_majeure",
]  # fmt: skip


def texts(agreement, **given) -> dict:
    """The form of the text as it stands, with something changed."""
    return {"starts_on": agreement.starts_on.isoformat(), "years": agreement.years} | agreement.parts | given


def signature(agreement, **given) -> dict:
    return {"digest": agreement.text_digest, "agreed": True} | given


def bytes_of(agreement) -> bytes:
    with agreement.text.pdf.open("rb") as file:
        return file.read()


# --- the ten parts -------------------------------------------------------------------------------------------


def test_13a_the_rule_set_names_ten_required_parts_under_article_13():
    parts = rules.in_force(NOW.date()).parts("operating_agreement")
    assert [part.code for part in parts] == PARTS
    assert {part.article for part in parts} == {"13"}


def test_13a_a_new_agreement_proposes_a_text_for_every_part(story, page):
    agreement = story.agreement("draft")
    assert list(agreement.parts) == PARTS
    assert all(text.strip() for text in agreement.parts.values())
    assert agreement.organisation.name in agreement.parts["parties"]
    assert "District letter 2026-12" in agreement.parts["parties"]
    assert "2026-03-10" in agreement.parts["term"]
    shown = page(story.cast.bureau).open("step", agreement.plural, agreement.number, "edit").content.decode()
    assert all(f'name="{code}"' in shown for code in PARTS)


@pytest.mark.parametrize("empty", ["", "  \n "])
@pytest.mark.parametrize("code", PARTS)
def test_13a_an_agreement_without_one_of_the_parts_is_not_fixed(story, page, api, code, empty):
    agreement = story.agreement("draft")
    page(story.cast.bureau).take(agreement, "edit", **texts(agreement, **{code: empty}))
    agreement.refresh_from_db()
    assert agreement.parts[code].strip() == ""
    title = next(part.title for part in agreement.required_parts() if part.code == code)
    refusal = refused(GuardRefused, agreement.fix_text, by=story.cast.bureau)
    assert (refusal.message, refusal.details) == ("A required part of the agreement is empty.", (title,))
    with nothing_changes():
        shown = page(story.cast.bureau).take(agreement, "fix_text")
        answer = api(story.cast.bureau).take(agreement, "fix_text")
    assert f"<li>{title}</li>" in shown.content.decode()
    assert answer.json()["details"] == [title]
    assert not Paper.objects.of(agreement).exists()


def test_13a_a_part_that_the_measures_do_not_know_is_refused(story, api):
    agreement = story.agreement("draft")
    given = texts(agreement, gift="A car.")
    refused(InvalidInput, agreement.edit, by=story.cast.bureau, **given)
    with nothing_changes():
        assert api(story.cast.bureau).change(agreement, **given).status_code == 422


def test_13a_the_text_for_signature_has_all_ten_parts_in_order_and_both_parties(story):
    agreement = story.agreement("signing")
    said = agreement.text.context
    assert [part["text"] for part in said["parts"]] == [agreement.parts[code] for code in PARTS]
    assert [side["name"] for side in said["parties"]] == ["Data Authority", "Applicant Company"]
    assert (said["starts_on"], said["ends_on"]) == ("2026-03-10", "2028-03-09")


# --- the term ------------------------------------------------------------------------------------------------


def test_13a_the_term_is_two_years_unless_said_otherwise_and_comes_from_the_rule_set(story, page):
    case = story.application("approved")
    story.close(case.call).publish_results(by=story.cast.bureau)
    form = page(story.cast.bureau).open("begin", "operating-agreements").content.decode()
    assert re.search(r'name="years"[^>]*value="2"|value="2"[^>]*name="years"', form)
    assert "The measures say usually 2 years." in form


@pytest.mark.parametrize(
    ("starts_on", "years", "ends_on"),
    [
        (date(2026, 3, 10), 2, date(2028, 3, 9)), (date(2026, 1, 1), 1, date(2026, 12, 31)),
        (date(2028, 2, 29), 2, date(2030, 2, 27)), (date(2026, 3, 1), 2, date(2028, 2, 29)),
        (date(2026, 3, 10), 5, date(2031, 3, 9)),
    ],
)  # fmt: skip
def test_13a_a_term_of_whole_years_ends_the_day_before_its_day_comes_round(starts_on, years, ends_on):
    assert years_later(starts_on, years) == ends_on


@pytest.mark.parametrize(("field", "value"), [("years", 0), ("years", 11), ("years", ""), ("starts_on", "soon")])
def test_13a_a_term_that_is_none_is_refused_at_its_field(story, page, api, field, value):
    agreement = story.agreement("draft")
    given = texts(agreement, **{field: value})
    assert set(refused(InvalidInput, agreement.edit, by=story.cast.bureau, **given).errors) == {field}
    with nothing_changes():
        assert page(story.cast.bureau).take(agreement, "edit", **given).status_code == 422
        assert set(api(story.cast.bureau).change(agreement, **given).json()["errors"]) == {field}


def test_13a_the_part_on_the_term_follows_a_change_of_the_term(story, page):
    agreement = story.agreement("draft")
    browser = {code: text.replace("\n", "\r\n") for code, text in agreement.parts.items()}
    page(story.cast.bureau).take(agreement, "edit", **texts(agreement, years=3, **browser))
    agreement.refresh_from_db()
    assert agreement.ends_on == date(2029, 3, 9)
    assert "2029-03-09" in agreement.parts["term"]
    assert "2028-03-09" not in agreement.parts["term"]


def test_13a_a_part_written_by_hand_stays_as_it_was_written(story):
    agreement = story.agreement("draft")
    agreement.edit(by=story.cast.bureau, **texts(agreement, years=3, term="Three years from the tenth of March."))
    assert agreement.parts["term"] == "Three years from the tenth of March."
    agreement.edit(by=story.cast.bureau, **texts(agreement, security=""))
    assert agreement.parts["security"] == ""


# --- both sign the digest of the exact text ------------------------------------------------------------------


def test_13a_both_sides_sign_the_digest_of_the_very_pdf_and_the_agreement_takes_effect(story, page, now):
    agreement = story.agreement("signing")
    digest = hashlib.sha256(bytes_of(agreement)).hexdigest()
    assert bytes_of(agreement).startswith(b"%PDF-")
    assert agreement.text_digest == digest
    company, bureau = page(story.cast.applicant), page(story.cast.bureau)
    assert digest in company.open("step", agreement.plural, agreement.number, "sign").content.decode()
    company.take(agreement, "sign", digest=digest, agreed=True)
    agreement.refresh_from_db()
    assert (agreement.state, agreement.effective_at, agreement.is_in_force()) == ("signing", None, False)
    now.move_to(NOW + DAY)
    bureau.take(agreement, "sign", digest=digest, agreed=True)
    agreement.refresh_from_db()
    assert (agreement.state, agreement.effective_at) == ("effective", NOW + DAY)
    kept = Signature.objects.order_by("pk").values_list("organisation", "person", "digest", "signed_at", "edition")
    assert list(kept) == [
        (actor.organisation.pk, actor.person.pk, digest, at, 1)
        for actor, at in [(story.cast.applicant, NOW), (story.cast.bureau, NOW + DAY)]
    ]


def test_13a_either_side_may_sign_first_and_through_the_api(story, api):
    agreement = story.agreement("signing")
    api(story.cast.bureau).take(agreement, "sign", **signature(agreement))
    answer = api(story.cast.applicant).take(agreement, "sign", **signature(agreement))
    assert (answer.json()["state"], answer.json()["text_digest"]) == ("effective", agreement.text_digest)


@pytest.mark.parametrize("who", ["bureau", "applicant"])
def test_13a_a_side_signs_once_and_one_side_alone_brings_nothing_about(story, page, api, who):
    agreement = story.agreement("signing")
    story.sign(agreement, who)
    refusal = refused(GuardRefused, agreement.sign, by=story.cast[who], **signature(agreement))
    assert refusal.message == "Your side has signed already."
    with nothing_changes():
        assert page(story.cast[who]).take(agreement, "sign", **signature(agreement)).status_code == 409
        assert api(story.cast[who]).take(agreement, "sign", **signature(agreement)).status_code == 409
    assert agreement.state == "signing"
    if who == "bureau":
        refused(GuardRefused, agreement.sign, by=story.cast.bureau2, **signature(agreement))


@pytest.mark.parametrize(
    "given", [{"digest": "0" * 64}, {"digest": ""}, {"digest": "x" * 65}, {"agreed": False}], ids=str
)
def test_13a_no_other_digest_and_no_signature_without_the_declaration(story, page, api, given):
    agreement = story.agreement("signing")
    given = signature(agreement, **given)
    refused(InvalidInput, agreement.sign, by=story.cast.applicant, **given)
    typed = {name: value for name, value in given.items() if value is not False}
    with nothing_changes():
        assert page(story.cast.applicant).take(agreement, "sign", **typed).status_code == 422
        assert api(story.cast.applicant).take(agreement, "sign", **given).status_code == 422


def test_13a_a_text_that_changed_since_it_was_read_cannot_be_signed(story, page, api):
    agreement = story.agreement("signing")
    read = agreement.text_digest
    agreement.take_back(by=story.cast.bureau, reason="A slip of the pen.")
    agreement.edit(by=story.cast.bureau, **texts(agreement, scope="Anything at all."))
    agreement.fix_text(by=story.cast.bureau)
    assert agreement.text_digest != read
    old = signature(agreement, digest=read)
    refusal = refused(InvalidInput, agreement.sign, by=story.cast.applicant, **old)
    assert refusal.errors == {"digest": ["The text has changed since you read it. Read it again before signing."]}
    with nothing_changes():
        shown = page(story.cast.applicant).take(agreement, "sign", **old)
        answer = api(story.cast.applicant).take(agreement, "sign", **old)
    assert "The text has changed since you read it. Read it again before signing." in shown.content.decode()
    assert answer.json()["errors"] == refusal.errors


def test_13a_a_form_opened_before_the_text_changed_is_refused_as_stale(story):
    agreement = story.agreement("signing")
    seen = agreement.version
    agreement.take_back(by=story.cast.bureau, reason="A slip of the pen.")
    agreement.fix_text(by=story.cast.bureau)
    refused(StaleVersion, agreement.sign, by=story.cast.applicant, version=seen, **signature(agreement))


def test_13a_a_change_voids_the_signatures_given_which_stay_on_record(story, page):
    agreement = story.agreement("signing")
    story.sign(agreement, "applicant")
    assert set(refused(InvalidInput, agreement.take_back, by=story.cast.bureau, reason=" ").errors) == {"reason"}
    page(story.cast.bureau).take(agreement, "take_back", reason="A slip of the pen.")
    agreement.refresh_from_db()
    agreement.edit(by=story.cast.bureau, **texts(agreement, scope="Reviewed scenarios."))
    agreement.fix_text(by=story.cast.bureau)
    assert (agreement.edition, agreement.valid_signatures().count(), Signature.objects.count()) == (2, 0, 1)
    story.sign(agreement, "bureau")
    assert agreement.state == "signing"
    story.sign(agreement, "applicant")
    assert agreement.state == "effective"
    assert Paper.objects.of(agreement).filter(kind="agreement").count() == 2


@pytest.mark.parametrize("state", ["signing", "effective", "expired", "cancelled"])
def test_13a_a_fixed_text_is_not_edited(story, page, api, state):
    agreement = story.agreement(state)
    given = texts(agreement, scope="Anything at all.")
    refused(WrongState, agreement.edit, by=story.cast.bureau, **given)
    with nothing_changes():
        assert page(story.cast.bureau).take(agreement, "edit", **given).status_code == 409
        assert api(story.cast.bureau).change(agreement, **given).json()["code"] == "wrong-state"


@pytest.mark.parametrize("state", ["effective", "expired", "cancelled"])
def test_13a_a_text_is_taken_back_before_both_have_signed_only(story, state):
    agreement = story.agreement(state)
    refused(WrongState, agreement.take_back, by=story.cast.bureau, reason="A slip of the pen.")


def test_13a_the_operator_changes_no_text(story, page, api):
    agreement = story.agreement("signing")
    agreement.take_back(by=story.cast.bureau, reason="A slip of the pen.")
    given = texts(agreement, scope="Anything at all.")
    refused(NotYourStep, agreement.edit, by=story.cast.applicant, **given)
    with nothing_changes():
        assert page(story.cast.applicant).take(agreement, "edit", **given).status_code == 403
        assert api(story.cast.applicant).change(agreement, **given).status_code == 403


# --- in force, near its end, expired -------------------------------------------------------------------------


def at(day: date, hour: int = 1):
    return datetime(day.year, day.month, day.day, hour, tzinfo=BEIJING)


def test_13a_an_agreement_binds_from_its_first_day_to_its_last(story):
    agreement = story.agreement("effective")
    begins, ends = date(2026, 3, 10), date(2028, 3, 9)
    one = timedelta(days=1)
    for day, binds in [(begins - one, False), (begins, True), (ends, True), (ends + one, False)]:
        assert agreement.is_in_force(day) is binds, day
        assert OperatingAgreement.objects.in_force(on=day).exists() is binds, day


def test_13a_both_sides_are_warned_once_at_each_of_the_rule_sets_times(story, now):
    agreement = story.agreement("effective")
    ends = agreement.ends_on
    told = OutboxMessage.objects.of(agreement).filter(kind="agreement_ends")
    counts = []
    for left in (91, 90, 90, 89, 31, 30, 29, 8, 7, 6, 1, 0):
        now.move_to(at(ends - timedelta(days=left)))
        sweep_agreements(now=timezone.now())
        counts.append(told.count())
    assert counts == [0, 2, 2, 2, 2, 4, 4, 4, 6, 6, 6, 6]
    assert set(told.values_list("organisation__name", "role")) == {
        ("Data Authority", "bureau"), ("Applicant Company", "operator"),
    }  # fmt: skip
    while deliver(now=timezone.now(), limit=50):
        pass
    assert story.cast.applicant.person.notices.filter(message__kind="agreement_ends").count() == 3
    assert story.cast.bureau2.person.notices.filter(message__kind="agreement_ends").count() == 3
    assert story.cast.outsider.person.notices.count() == 0


def test_13a_a_sweep_that_slept_says_only_the_nearest_warning(story, now):
    agreement = story.agreement("effective")
    now.move_to(at(agreement.ends_on - timedelta(days=5)))
    for _time in range(3):
        sweep_agreements(now=timezone.now())
    assert OutboxMessage.objects.of(agreement).filter(kind="agreement_ends").count() == 2


def test_13a_an_agreement_expires_after_its_last_day_and_once(story, now):
    agreement = story.agreement("effective")
    now.move_to(at(agreement.ends_on, hour=23))
    assert sweep_agreements(now=timezone.now()) == 0
    now.move_to(at(agreement.ends_on + timedelta(days=1), hour=0))
    assert sweep_agreements(now=timezone.now()) == 1
    assert sweep_agreements(now=timezone.now()) == 0
    agreement.refresh_from_db()
    assert agreement.state == "expired"


def test_13a_nobody_lets_an_agreement_expire_early_or_by_hand(story, page):
    agreement = story.agreement("effective")
    refused(NotYourStep, agreement.expire, by=story.cast.bureau)
    with nothing_changes():
        assert page(story.cast.bureau).take(agreement, "expire").status_code == 403


@pytest.mark.parametrize("state", ["draft", "signing", "cancelled"])
def test_13a_an_agreement_that_is_not_in_force_is_not_warned_of(story, now, state):
    agreement = story.agreement(state)
    now.move_to(at(agreement.ends_on - timedelta(days=5)))
    sweep_agreements(now=timezone.now())
    assert not OutboxMessage.objects.of(agreement).filter(kind="agreement_ends").exists()


def test_13a_the_default_term_of_a_new_agreement_follows_the_rules(story):
    case = story.application("approved")
    story.close(case.call).publish_results(by=story.cast.bureau)
    years = rules.in_force(NOW.date()).period("operating_agreement").value
    asked = OperatingAgreement.start.asks(story.cast.bureau)
    assert (asked["years"].initial, years) == (2, 2)
    agreement = begin(
        OperatingAgreement, by=story.cast.bureau, application=case.number, starts_on=NOW.date(), years=years
    )
    assert agreement.ends_on == date(2028, 3, 1)


def test_13a_a_text_whose_term_has_ended_is_not_signed(story, now):
    agreement = story.agreement("signing", years=1)
    now.move_to(datetime.combine(agreement.ends_on + DAY, datetime.min.time(), tzinfo=BEIJING))
    given = {"digest": agreement.text_digest, "agreed": True}
    refusal = refused(GuardRefused, agreement.sign, by=story.cast.applicant, **given)
    assert refusal.message == "The term written in the text has ended already."
    now.move_to(datetime.combine(agreement.ends_on, datetime.max.time(), tzinfo=BEIJING))
    agreement.sign(by=story.cast.applicant, **given)
    assert agreement.signatures.count() == 1
