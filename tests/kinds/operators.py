"""Chapter 3's kinds of case: the call, the application to become an operator, the operating agreement."""

from datetime import date

import time_machine

from accounts.roles import Role
from casework.beginning import begin
from casework.models.handling import Consultation
from operators.models import Call, OperatingAgreement, OperatorApplication
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.factories.operators import ExpertFactory
from tests.kinds.told import Told, again
from tests.story import DAY, DECISION, ENTITY, NOW

REASON = {"reason": "For a reason."}
LATER = {"correct_by": NOW.date().replace(day=20)}

# --- what a person in their right mind enters ------------------------------------------------------------------


def call_inputs(story, case):
    return {"edit": story.call_values, "withdraw": lambda: REASON}


def within_the_bureau(story, case):
    """What is entered for the steps inside the bureau, whoever takes them."""
    asked = Consultation.objects.of(case).filter(answered_at=None).values_list("pk", flat=True)
    return {
        "assign_handler": lambda: {"person": str(story.cast.bureau2.person.pk), "reason": ""},
        "consult_colleague": lambda: {"person": str(story.cast.bureau2.person.pk), "question": "What do you think?"},
        "answer_colleague": lambda: {"consultation": str(asked.first() or 0), "answer": "Sound."},
    }


def application_inputs(story, case):
    return {
        "save_entity": lambda: ENTITY,
        "save_answer": lambda: {"point": "sound_business", "statement": "We are sound."},
        "submit": lambda: {"truth": True},
        "resubmit": lambda: {"truth": True},
        "withdraw": lambda: REASON,
        "judge": lambda: story.judgements(case),
        "return_for_correction": lambda: LATER | {"remark": ""},
        "extend_correction": lambda: LATER,
        "refuse_qualification": lambda: {"remark": "Not enough."},
        "refuse_uncorrected": lambda: {"remark": "Not corrected."},
        "step_back": lambda: REASON,
        "excuse_expert": lambda: {"seat": str(case.awaited_seats().values_list("pk", flat=True).first())} | REASON,
        "score": lambda: story.marks(case),
        "give_opinion": lambda: {"stance": "agree", "opinion": "No objection."},
        "make_report": lambda: {"recommendation": "approve", "report": "Sound."},
        "approve": lambda: DECISION,
        "refuse": lambda: DECISION,
    } | within_the_bureau(story, case)


def agreement_inputs(story, case):
    return {
        "edit": lambda: {"starts_on": case.starts_on, "years": case.years} | case.parts,
        "take_back": lambda: REASON,
        "sign": lambda: {"digest": case.text_digest, "agreed": True},
        "cancel": lambda: REASON,
        "suspend": lambda: REASON,
        "resume": lambda: REASON,
        "terminate": lambda: {"ground": "termination"} | REASON,
    }


def agreement_begun_with(story):
    case = story.application("approved")
    story.close(case.call).publish_results(by=story.cast.bureau, on=NOW)
    return {"application": case.number, "starts_on": NOW.date(), "years": 2}


def application_people(story, case):
    panel = story.panel(case) if case is not None else []
    others = [expert for name in story.cast.names() if name.startswith("expert")
              if (expert := story.cast[name]) not in panel]  # fmt: skip
    return {"expert_on_panel": panel[0] if panel else others[1], "expert_off_panel": others[0]}


# --- situations: what else the guards look at -------------------------------------------------------------------


def published_before(story, **window):
    call = begin(Call, by=story.cast.bureau, on=NOW - 2 * DAY, **story.call_values(**window))
    return call.publish(by=story.cast.bureau, on=NOW - 2 * DAY)


def completed(story, *, late=False):
    case = story.application()
    story.complete(case)
    if late:
        story.close(case.call)
    return case


def judged(story, *, lacking):
    case = story.application("qualification_review")
    story.judge(case, lacking=lacking)
    return case


def returned_in_february(story):
    with time_machine.travel(NOW - 10 * DAY):
        case = judged(story, lacking=1)
        day = (NOW - DAY).date()
        return case.return_for_correction(by=story.cast.bureau, on=NOW - 5 * DAY, correct_by=day, remark="")


def scored_once(story):
    case = story.application("panel_review")
    return case.score(by=story.panel(case)[0], on=NOW, **story.marks(case))


def with_vacant_seat(story):
    case = story.application("panel_review")
    for _time in range(3):
        case.step_back(by=story.panel(case)[1], on=NOW, reason="A relative works there.")
    expert = UserFactory()
    held = MembershipFactory(person=expert, organisation=story.cast.health.organisation, role=Role.EXPERT)
    ExpertFactory(person=expert, employer=held.organisation)
    return case


def with_question(story, case=None):
    """A colleague has asked the bureau's handler."""
    case = case or story.application("qualification_review")
    return case.consult_colleague(by=story.cast.bureau2, person=str(story.cast.bureau.person.pk), question="Sound?")


def handled_by(story, name):
    case = story.application("qualification_review")
    return case.assign_handler(by=story.cast.bureau, person=str(story.cast[name].person.pk), reason="")


def answered_once(story):
    case = story.application("consultation")
    return case.give_opinion(by=story.cast.finance, on=NOW, stance="agree", opinion="No objection.")


def with_empty_part(story):
    agreement = story.agreement("draft")
    parts = agreement.parts | {"security": ""}
    return agreement.edit(by=story.cast.bureau, on=NOW, starts_on=agreement.starts_on, years=2, **parts)


def signed_in_january(story):
    with time_machine.travel(NOW - 40 * DAY):
        return story.agreement("effective", starts_on=date(2024, 2, 1))


def signed_once(story):
    agreement = story.agreement("signing")
    story.sign(agreement, "applicant")
    return agreement


# --- copies for long lists --------------------------------------------------------------------------------------


def call_again(call, number):
    copy = again(call, number)
    copy.consulted.set(call.consulted.all())
    return copy


def application_again(case, number):
    return again(case, number, call_id=call_again(case.call, number).pk)


def agreement_again(agreement, number):
    return again(agreement, number, application_id=application_again(agreement.application, number).pk)


KINDS = [
    Told(
        model=Call, name="call",
        bring=lambda story, state: story.call(state),
        begin=lambda story: story.call_values(),
        inputs=call_inputs,
        situations=lambda story: {
            "published, window begun": lambda: published_before(story, opens_at=NOW),
            "published, window ended": lambda: published_before(story, opens_at=NOW - DAY, closes_at=NOW),
            "closed, not all decided": lambda: story.close(story.application("decision").call),
        },
        listed=lambda story: story.call("open"), copy=call_again,
        lists={"/calls/": None},
    ),
    Told(
        model=OperatorApplication, name="application",
        bring=lambda story, state: story.application(state),
        begin=lambda story: {"call": story.call().number},
        inputs=application_inputs, people=application_people,
        situations=lambda story: {
            "draft, complete": lambda: completed(story),
            "draft, complete and late": lambda: completed(story, late=True),
            "qualification_review, all met": lambda: judged(story, lacking=0),
            "qualification_review, one not met": lambda: judged(story, lacking=1),
            "qualification_review, handled": lambda: handled_by(story, "bureau"),
            "qualification_review, asked by a colleague": lambda: with_question(story),
            "correction, late": lambda: returned_in_february(story),
            "panel_review, one has scored": lambda: scored_once(story),
            "panel_review, a seat vacant": lambda: with_vacant_seat(story),
            "consultation, one has answered": lambda: answered_once(story),
        },
        sources={
            "save_entity": "draft",
            "save_answer": "draft",
            "withdraw": "qualification_review",
            "step_back": "panel_review",
        },
        prepared={
            "answer_colleague": with_question,
            "submit": lambda story, case: story.complete(case),
            "refuse_qualification": lambda story, case: story.judge(case, lacking=1),
            "return_for_correction": lambda story, case: story.judge(case, lacking=1),
            "refuse_uncorrected": lambda story, case: returned_in_february(story),
        },
        listed=lambda story: story.application("qualification_review"), copy=application_again,
        lists={
            "/inbox/": "bureau",
            "/inbox/done/": "bureau",
            "/inbox/started/": "applicant",
            "/api/v1/tasks/?page_size=100": "bureau",
        },
    ),
    Told(
        model=OperatingAgreement, name="agreement",
        bring=lambda story, state: story.agreement(state),
        begin=agreement_begun_with,
        inputs=agreement_inputs,
        situations=lambda story: {
            "draft, a part empty": lambda: with_empty_part(story),
            "signing, one has signed": lambda: signed_once(story),
            "effective, term over": lambda: signed_in_january(story),
        },
        listed=lambda story: story.agreement("signing"), copy=agreement_again,
    ),
]  # fmt: skip
