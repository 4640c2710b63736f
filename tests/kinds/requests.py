"""The request for authorization of data (Art. 18)."""

import time_machine

from accounts.models import User
from authorizations.models import AuthorizationRequest
from casework.models.clock import Clock
from casework.models.handling import Consultation
from tests.cast import Cast
from tests.data_story import BACK, TEXT, YES
from tests.kinds.told import Told, again, row_again
from tests.story import DAY, NOW

REASON = {"reason": "For a reason."}
TRUTH = {"truth": True}
LETTER = {"city_letter": "District letter 2026-7", "city_asked_on": NOW.date()}
ANSWER = {"city_outcome": "agreed", "city_answer": "City letter 2026-3", "city_answered_on": NOW.date(), "remark": ""}
PRELIMINARY = ("preliminary_review", "preliminary_correction")


def colleague(cast: Cast) -> User:
    """Somebody else of the bureau."""
    return cast.bureau2.person


def request_inputs(story, case):
    items = list(case.items.order_by("pk"))
    mine = [str(item.pk) for item in items if item.is_granted][:1]
    awaited = next((item.department_id for item in items if not item.decision), None)
    decisions = {}
    for item in items:
        if item.department_id == awaited and not item.decision:
            decisions |= {f"item{item.pk}_decision": "granted", f"item{item.pk}_conditions": "",
                          f"item{item.pk}_reason": ""}  # fmt: skip
    asked = Consultation.objects.of(case).filter(answered_at=None).values_list("pk", flat=True)
    return {
        "edit": lambda: TEXT,
        "choose_resources": lambda: {"resources": [item.resource.code for item in items]},
        "submit": lambda: TRUTH, "submit_to_operator": lambda: TRUTH,
        "resubmit": lambda: TRUTH, "resubmit_to_operator": lambda: TRUTH,
        "withdraw": lambda: REASON,
        "assign_handler": lambda: {"person": str(colleague(story.cast).pk), "reason": ""},
        "consult_colleague": lambda: {"person": str(colleague(story.cast).pk), "question": "What do you think?"},
        "answer_colleague": lambda: {"consultation": str(asked.first() or 0), "answer": "Sound."},
        "pass_preliminary": lambda: YES, "return_preliminary": lambda: BACK, "refuse_preliminary": lambda: REASON,
        "confirm_assessment": lambda: YES, "return_for_correction": lambda: BACK, "refuse_assessment": lambda: REASON,
        "refuse_uncorrected": lambda: REASON, "refuse_uncorrected_preliminary": lambda: REASON,
        "take_to_city": lambda: LETTER, "record_city_answer": lambda: ANSWER,
        "decide": lambda: decisions,
        "suspend_authorization": lambda: {"items": mine} | REASON,
        "resume_authorization": lambda: {"items": mine} | REASON,
        "revoke_authorization": lambda: {"items": mine} | REASON,
    }  # fmt: skip


def brought(story, state: str, who: str | None = None, **given):
    """A request in a state: an operator's, but a partner's where the operator reviews it."""
    if state == "coordination":
        given = {"resources": [story.resource(who="health"), story.resource(who="transport", level="city")]} | given
    return story.request(state, who=who or ("partner" if state in PRELIMINARY else "operator"), **given)


def begun_with(story) -> dict:
    story.user("operator")
    return {"resources": [story.resource().code], "copy_of": ""}


# --- situations: what else the guards look at -------------------------------------------------------------------


def completed(story, who="operator"):
    case = story.request("draft", who=who)
    case.edit(by=story.by(case), on=NOW, **TEXT)
    return case


def at_the_city(story, outcome=None):
    case = brought(story, "coordination")
    if outcome:
        story.city_answers(case, outcome)
    return case


def crossing(story):
    return story.request("assessment", resources=[story.resource(who="health"), story.resource(level="city")])


def last_department(story):
    case = story.request("confirmation")
    case.decide(by=story.cast.health, on=NOW, **story.decisions(case, story.cast.health))
    return case


def delisted(story):
    case = story.request("assessment")
    case.items.first().resource.delist(by=story.cast.bureau, on=NOW, reason="No longer kept.")
    return case


def returned_in_february(story, state="correction"):
    """A correction whose day has passed."""
    who = "partner" if state == "preliminary_correction" else "operator"
    case = story.request("preliminary_review" if who == "partner" else "assessment", who=who)
    verb = case.return_preliminary if who == "partner" else case.return_for_correction
    with time_machine.travel(NOW - 10 * DAY):
        verb(by=story.cast.operator if who == "partner" else story.cast.bureau, on=NOW - 5 * DAY,
             defects=BACK["defects"], correct_by=(NOW - DAY).date())  # fmt: skip
    return case


def urged(story):
    case = story.request("assessment")
    return case.urge(by=story.cast.operator, on=NOW)


def suspended(story):
    case = story.request("authorised")
    items = [str(item.pk) for item in case.items.all()]
    return case.suspend_authorization(by=story.cast.bureau, on=NOW, items=items, reason="Unsound.")


def with_question(story, case=None):
    """A colleague has asked the bureau's handler."""
    case = case or story.request("assessment")
    asked = str(story.cast.bureau.person.pk)
    return case.consult_colleague(by=story.cast.bureau2, person=asked, question="Sound?")


# --- copies for long lists --------------------------------------------------------------------------------------


def request_again(case, number):
    copy = again(case, number)
    for item in case.items.all():
        row_again(item, request_id=copy.pk)
    for clock in Clock.objects.of(case):
        row_again(clock, **Clock.refers(copy))
    return copy


KINDS = [
    Told(
        model=AuthorizationRequest, name="request",
        ground=lambda story: (story.user("operator"), story.user("partner")),
        bring=brought, begin=begun_with, inputs=request_inputs,
        situations=lambda story: {
            "draft, complete": lambda: completed(story),
            "draft, a partner's and complete": lambda: completed(story, "partner"),
            "assessment, a partner's": lambda: story.request("assessment", who="partner"),
            "assessment, across levels": lambda: crossing(story),
            "assessment, the city has answered": lambda: at_the_city(story, "agreed"),
            "assessment, a resource left the catalogue": lambda: delisted(story),
            "assessment, urged today": lambda: urged(story),
            "assessment, asked by a colleague": lambda: with_question(story),
            "correction, late": lambda: returned_in_february(story),
            "preliminary_correction, late": lambda: returned_in_february(story, "preliminary_correction"),
            "confirmation, the last department": lambda: last_department(story),
            "authorised, suspended": lambda: suspended(story),
        },
        sources={"edit": "draft", "choose_resources": "draft", "withdraw": "assessment",
                 "assign_handler": "assessment", "consult_colleague": "assessment", "answer_colleague": "assessment",
                 "urge": "assessment"},
        prepared={
            "submit": lambda story, case: case.edit(by=story.by(case), **TEXT),
            "submit_to_operator": lambda story, case: completed(story, "partner"),
            "take_to_city": lambda story, case: crossing(story),
            "refuse_uncorrected": lambda story, case: returned_in_february(story),
            "refuse_uncorrected_preliminary": lambda story, case: returned_in_february(story, "preliminary_correction"),
            "resume_authorization": lambda story, case: suspended(story),
            "answer_colleague": with_question,
        },
        listed=lambda story: story.request("assessment"), copy=request_again,
        lists={"/inbox/?kind=authorization-request": "bureau"},
    ),
]  # fmt: skip
