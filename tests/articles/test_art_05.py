"""Art. 5(4): expert review: a pool, panels drawn by lot, conflicts of interest excluded, scores and opinions kept."""

import json
import random

import pytest
from django.db import transaction

from accounts.models import Membership
from accounts.roles import Role
from casework.ledger.models import Entry
from casework.models.task import Task
from casework.refusals import GuardRefused, InvalidInput, NotYourStep
from operators.models import ConflictDeclaration, Expert
from tests.desk import nothing_changes, refused
from tests.factories.accounts import MembershipFactory, OrganisationFactory, UserFactory
from tests.factories.operators import ConflictDeclarationFactory, ExpertFactory
from tests.story import DAY, NOW


def drawn(case) -> list[Expert]:
    return [seat.expert for seat in case.sitting().select_related("expert").order_by("pk")]


def draw(story, case) -> list[Expert]:
    case.draw_panel(by=story.cast.bureau)
    return drawn(case)


def excluded(case) -> dict[int, str]:
    return dict(case.draws.latest("pk").excluded)


def new_expert(**given) -> Expert:
    held = MembershipFactory(role=Role.EXPERT, organisation=OrganisationFactory(kind="expert"))
    return ExpertFactory(person=held.person, employer=held.organisation, **given)


def reload(case):
    return type(case).objects.get(pk=case.pk)


# --- the pool ------------------------------------------------------------------------------------------------


def test_5d_the_bureau_keeps_the_pool_on_its_page(story, page):
    person = MembershipFactory(person=UserFactory(name="Chen Xi"), role=Role.EXPERT).person
    bureau = page(story.cast.bureau)
    bureau.send("expert-new", person=person.pk, post="Professor", expertise=["law", "data"], active=True)
    expert = Expert.objects.get(person=person)
    assert (expert.post, sorted(expert.expertise), expert.active) == ("Professor", ["data", "law"], True)
    assert expert.employer == person.memberships.get().organisation
    assert "Chen Xi" in bureau.open("experts").content.decode()
    bureau.send("expert", expert.pk, post="Professor", expertise=["law"])
    expert.refresh_from_db()
    assert (expert.expertise, expert.active) == (["law"], False)


def test_5d_an_expert_without_a_field_is_not_taken_into_the_pool(story, page):
    person = MembershipFactory(role=Role.EXPERT).person
    with nothing_changes():
        answer = page(story.cast.bureau).send("expert-new", person=person.pk, post="Professor", active=True)
    assert answer.status_code == 422
    assert "This field is required." in answer.content.decode()


def test_5d_nobody_without_the_role_of_an_expert_is_taken_into_the_pool(story, page):
    person = MembershipFactory(role=Role.OPERATOR).person
    with nothing_changes():
        answer = page(story.cast.bureau).send("expert-new", person=person.pk, expertise=["data"], active=True)
    assert answer.status_code == 422


@pytest.mark.parametrize("who", ["bureau_lead", "expert1", "applicant", "finance", "government", "sysadmin", "health"])
def test_5d_nobody_but_the_bureau_changes_the_pool(story, page, who):
    expert = story.experts[0]
    visitor = page(story.cast[who])
    with nothing_changes():
        answer = visitor.send("expert", expert.pk, post="Chair", expertise=["law"], active=True)
        assert visitor.send("expert-new", person=expert.person.pk, expertise=["law"]).status_code == 403
    assert answer.status_code == 403
    assert "The pool of experts is kept by the bureau." in answer.content.decode()
    assert visitor.open("experts").status_code == 403


def test_5d_an_expert_declares_a_conflict_on_the_page_and_it_stays(story, page):
    expert, company = story.cast.expert1, story.cast.applicant.organisation
    desk = page(expert)
    desk.send("conflicts", organisation=company.pk, reason="My brother works there.")
    declared = ConflictDeclaration.objects.get()
    assert (declared.expert.person, declared.organisation, declared.reason, declared.declared_at) == (
        expert.person, company, "My brother works there.", NOW,
    )  # fmt: skip
    assert "My brother works there." in desk.open("conflicts").content.decode()
    with nothing_changes():
        again = desk.send("conflicts", organisation=company.pk, reason="Once more.")
        without = desk.send("conflicts", organisation=story.cast.operator.organisation.pk, reason=" ")
    assert "You have declared this organisation already." in again.content.decode()
    assert without.status_code == 422


@pytest.mark.parametrize("who", ["bureau", "applicant", "finance", "auditadmin"])
def test_5d_nobody_declares_a_conflict_for_an_expert(story, page, who):
    with nothing_changes():
        answer = page(story.cast[who]).send(
            "conflicts", organisation=story.cast.applicant.organisation.pk, reason="They should not judge us."
        )
    assert answer.status_code == 403
    assert "You are not in the pool of experts." in answer.content.decode()


# --- the lot -------------------------------------------------------------------------------------------------


def test_5d_a_panel_has_as_many_experts_of_the_pool_as_the_call_says(story):
    case = story.application("panel_selection", seats=5)
    assert sorted(expert.pk for expert in draw(story, case)) == sorted(expert.pk for expert in story.experts)
    assert case.state == "panel_review"


def test_5d_experts_of_another_field_or_who_are_away_are_not_drawn(story):
    other, away, left, gone, both = (
        new_expert(expertise=["law"]), new_expert(active=False), new_expert(), new_expert(),
        new_expert(expertise=["law", "data"]),
    )  # fmt: skip
    yesterday = (NOW - DAY).date()
    Membership.objects.filter(person=left.person).update(valid_from=yesterday, valid_until=yesterday)
    gone.person.is_active = False
    gone.person.save()
    case = story.application("panel_selection", seats=5)
    pool = case.pool()
    assert {expert.pk for expert in pool.eligible} == {expert.pk for expert in [*story.experts, both]}
    assert pool.excluded == []
    draw(story, case)
    assert {other.pk, away.pk, left.pk, gone.pk}.isdisjoint(case.draws.get().eligible)


def test_5d_the_panel_is_drawn_by_lot(story):
    case, panels = story.application("panel_selection"), set()
    for _time in range(30):
        with transaction.atomic():
            panels.add(frozenset(expert.pk for expert in draw(story, reload(case))))
            transaction.set_rollback(True)
    # Thirty draws of three from five that hit fewer than three of the ten panels would not be a lot.
    assert len(panels) >= 3


def test_5d_an_auditor_can_repeat_the_draw_from_what_is_recorded(story):
    ConflictDeclarationFactory(expert=story.experts[4], organisation=story.cast.applicant.organisation)
    case = story.application("panel_selection")
    panel = draw(story, case)
    record = case.draws.get()
    repeated = random.Random(record.seed).sample(record.eligible, 3)
    assert [expert.pk for expert in panel] == repeated
    assert (record.expertise, record.drawn_by, record.drawn_at) == ("data", story.cast.bureau.person, NOW)
    entry = json.loads(bytes(Entry.objects.get(kind="step", action="draw_panel").payload))["detail"]
    assert (entry["seed"], entry["eligible"], entry["drawn"]) == (record.seed, record.eligible, repeated)
    assert entry["excluded"] == record.excluded == [[story.experts[4].pk, "declared"]]


def test_5d_two_draws_have_two_seeds(story):
    call = story.call()
    first, second = (story.application("panel_review", who=who, call=call) for who in ("applicant", "operator"))
    assert first.draws.get().seed != second.draws.get().seed


# --- conflicts of interest -----------------------------------------------------------------------------------


def same_employer(story, expert):
    expert.employer = story.cast.applicant.organisation
    MembershipFactory(person=expert.person, organisation=expert.employer, role=Role.EXPERT)
    expert.save()


def owned_by_the_applicant(story, expert):
    expert.employer.owner = story.cast.applicant.organisation
    expert.employer.save()


def owner_of_the_applicant(story, expert):
    story.cast.applicant.organisation.owner = expert.employer
    story.cast.applicant.organisation.save()


def same_owner(story, expert):
    group = OrganisationFactory()
    for organisation in (expert.employer, story.cast.applicant.organisation):
        organisation.owner = group
        organisation.save()


def also_works_there(story, expert):
    MembershipFactory(person=expert.person, organisation=story.cast.applicant.organisation, role=Role.OPERATOR)


def declared(story, expert):
    ConflictDeclarationFactory(expert=expert, organisation=story.cast.applicant.organisation)


CONFLICTS = {
    same_employer: "employer", owned_by_the_applicant: "owner", owner_of_the_applicant: "owner", same_owner: "owner",
    also_works_there: "member", declared: "declared",
}  # fmt: skip


@pytest.mark.parametrize("make", CONFLICTS, ids=lambda make: make.__name__)
def test_5d_an_expert_with_a_conflict_of_interest_is_left_out_and_it_is_recorded_why(story, make):
    make(story, story.experts[0])
    case = story.application("panel_selection")
    seen = set()
    for _time in range(8):
        with transaction.atomic():
            seen |= {expert.pk for expert in draw(story, reload(case))}
            assert excluded(case) == {story.experts[0].pk: CONFLICTS[make]}
            transaction.set_rollback(True)
    assert story.experts[0].pk not in seen
    assert len(seen) >= 3


def test_5d_a_conflict_with_one_company_does_not_keep_an_expert_from_another(story):
    declared(story, story.experts[0])
    case = story.application("panel_selection", who="operator", seats=5)
    assert story.experts[0] in draw(story, case)


def test_5d_a_pool_that_is_too_small_is_refused_in_numbers(story, page, api):
    for expert in story.experts[:3]:
        declared(story, expert)
    case = story.application("panel_selection")
    refusal = refused(GuardRefused, case.draw_panel, by=story.cast.bureau)
    assert refusal.message == "The pool has too few experts in this field without a conflict of interest."
    assert refusal.details == ("Needed: 3; available: 2; left out for a conflict of interest: 3.",)
    assert refusal.remedy == "Add experts to the pool, or choose another number of seats in a new call."
    with nothing_changes():
        shown = page(story.cast.bureau).take(case, "draw_panel")
        answer = api(story.cast.bureau).take(case, "draw_panel")
    assert shown.status_code == answer.status_code == 409
    assert "Needed: 3; available: 2" in shown.content.decode()
    assert answer.json()["details"] == list(refusal.details)
    new_expert()
    page(story.cast.bureau).take(case, "draw_panel")
    assert reload(case).sitting().count() == 3


def test_5d_who_steps_back_is_replaced_by_lot_and_never_drawn_for_that_company_again(story, page):
    case = story.application("panel_review")
    leaver = story.panel(case)[0]
    before = {actor.person for actor in story.panel(case)}
    page(leaver).take(case, "step_back", reason="I advised the company.")
    now = {actor.person for actor in story.panel(case)}
    assert leaver.person not in now
    assert len(now) == 3
    assert len(now - before) == 1
    seat = case.seats.get(expert__person=leaver.person)
    assert (seat.given_up_at, seat.given_up_because) == (NOW, "I advised the company.")
    kept = ConflictDeclaration.objects.get()
    assert (kept.expert.person, kept.organisation) == (leaver.person, case.organisation)
    waiting = Task.objects.of(case).filter(closed_at=None)
    assert {task.person for task in waiting} == now
    for _time in range(2):
        reload(case).step_back(by=story.panel(case)[0], reason="So did I.")
    assert leaver.person not in {actor.person for actor in story.panel(case)}
    later = story.application("panel_selection", call=story.call(seats=3))
    assert kept.expert not in later.pool().eligible


def test_5d_who_has_stepped_back_no_longer_sees_the_application(story, page, api):
    case = story.application("panel_review")
    leaver = story.panel(case)[0]
    file = case.evidence().first()
    case.step_back(by=leaver, reason="I advised the company.")
    assert page(leaver).see(case).status_code == 404
    assert api(leaver).see(case).status_code == 404
    assert page(leaver).open("attachment", file.pk).status_code == 404
    refused(NotYourStep, case.score, by=leaver, **story.marks(case))


def test_5d_stepping_back_needs_a_reason_and_is_over_once_scored(story, page, api):
    case = story.application("panel_review")
    expert = story.panel(case)[0]
    assert "reason" in refused(InvalidInput, case.step_back, by=expert, reason="  ").errors
    case.score(by=expert, **story.marks(case))
    refusal = refused(GuardRefused, case.step_back, by=expert, reason="I advised the company.")
    assert refusal.message == "You have scored this application already; a score is given once."
    with nothing_changes():
        assert page(expert).take(case, "step_back", reason="I advised them.").status_code == 409
        assert api(expert).take(case, "step_back", reason="I advised them.").status_code == 409


def test_5d_a_seat_that_nobody_can_fill_goes_to_the_bureau_once(story, page):
    case = story.application("panel_review", seats=5)
    for _time in range(2):
        case.step_back(by=story.panel(case)[0], reason="I advised the company.")
    told = Task.objects.of(case).filter(closed_at=None, role=Role.BUREAU)
    assert told.count() == 1
    for expert in story.panel(case):
        case.score(by=expert, **story.marks(case))
    assert case.state == "panel_review"
    refused(GuardRefused, case.fill_seats, by=story.cast.bureau)
    new = [new_expert(), new_expert()]
    page(story.cast.bureau).take(case, "fill_seats")
    assert set(drawn(case)) >= set(new)
    assert not told.exists()
    refusal = refused(GuardRefused, case.fill_seats, by=story.cast.bureau)
    assert refusal.message == "Every seat of the panel is taken."


def test_5d_a_conflict_declared_after_the_draw_keeps_the_expert_from_scoring(story, page, api):
    case = story.application("panel_review")
    expert = story.panel(case)[0]
    page(expert).send("conflicts", organisation=case.organisation.pk, reason="I advise them since today.")
    refusal = refused(GuardRefused, case.score, by=expert, **story.marks(case))
    assert (refusal.message, refusal.article) == ("You have a conflict of interest with this applicant.", "5(4)")
    assert refusal.remedy == "Step back; another expert is drawn in your place."
    with nothing_changes():
        assert page(expert).take(case, "score", **story.marks(case)).status_code == 409
        assert api(expert).take(case, "score", **story.marks(case)).status_code == 409
    page(expert).take(case, "step_back", reason="I advise them.")
    assert expert not in story.panel(case)
    assert case.sitting().count() == 3
