"""Brings a call, an application or an agreement into each state of its life, by steps only.

It is Monday, 2 March 2026, ten o'clock in Beijing, and stays so unless a test says otherwise.
"""

from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone, translation

from accounts.actors import SYSTEM, Actor
from casework import attachments
from casework.beginning import begin
from casework.models.attachment import Attachment
from casework.models.outbox import OutboxMessage
from operators.models import Call, Expert, OperatingAgreement, OperatorApplication, PointAnswer
from operators.sheets import MET, NOT_MET
from tests.cast import Cast
from tests.factories.operators import ExpertFactory

BEIJING = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 2, 10, tzinfo=BEIJING)
DAY = timedelta(days=1)
BODIES = ("finance", "cyberspace")
ENTITY = {
    "legal_representative": "Li Wei", "address": "8 Digital Avenue", "established_on": date(2016, 5, 18),
    "capital": "5000", "staff": 126, "business": "Processing of public data", "contact_name": "Li Wei",
    "contact_phone": "0755-00000000", "contact_email": "li@example.test",
}  # fmt: skip
DECISION = {"document_number": "District letter 2026-12", "decided_on": NOW.date(), "decision_remark": "Decided."}


class Story:
    """Everything is told with the cast, in the present moment; the five experts of the cast are the pool."""

    in_a_hurry = False
    """Whether applications are only a means to an operating agreement."""

    def __init__(self, cast: Cast, experts: list[Expert] | None = None):
        self.cast = cast
        self.experts = experts or [
            ExpertFactory(person=cast[name].person, employer=cast[name].organisation)
            for name in cast.names()
            if name.startswith("expert")
        ]

    # --- the call --------------------------------------------------------------------------------------------

    def call_values(self, **given) -> dict:
        """What the bureau enters; the window is open since yesterday unless told otherwise."""
        return {
            "subject": "Operators of public data", "conditions": "Answer every point.",
            "opens_at": timezone.now() - DAY,
            "closes_at": timezone.now() + 10 * DAY, "expertise": "data", "seats": 3, "qualification_days": None,
            "panel_days": None, "consultation_days": None,
            "consulted": [str(self.cast[name].organisation.pk) for name in given.pop("bodies", BODIES)],
        } | given  # fmt: skip

    def call(self, state: str = "open", **given) -> Call:
        """A call in a state."""
        bureau = self.cast.bureau
        if state in {"published", "withdrawn"}:
            given = {"opens_at": timezone.now() + DAY} | given
        call = begin(Call, by=bureau, **self.call_values(**given))
        if state == "draft":
            return call
        call.publish(by=bureau)
        if state == "withdrawn":
            return call.withdraw(by=bureau, reason="Put off.")
        if state in {"closed", "decided"}:
            self.close(call)
        if state == "decided":
            call.publish_results(by=bureau)
        assert call.state == state
        return call

    def close(self, call: Call) -> Call:
        """Let the window of a call end."""
        return call.close_window(by=SYSTEM, on=call.closes_at)

    # --- the application -------------------------------------------------------------------------------------

    def application(self, state: str = "draft", *, who: str = "applicant", call: Call | None = None, **given):
        """An application in a state, to an open call unless told which; `given` describes the call."""
        case = begin(OperatorApplication, by=self.cast[who], call=(call or self.call(**given)).number)
        self.bring(case, state)
        assert case.state == state
        return case

    def bring(self, case: OperatorApplication, state: str) -> None:
        """Take steps until the application is in the state."""
        bureau, applicant = self.cast.bureau, self.by(case)
        if state == "draft":
            return
        if state == "withdrawn":
            case.withdraw(by=applicant, reason="Changed plans.")
            return
        self.complete(case)
        case.submit(by=applicant, truth=True)
        if state == "correction":
            self.judge(case, lacking=1)
            case.return_for_correction(by=bureau, correct_by=timezone.localdate() + 10 * DAY, remark="")
        for reached, take in (
            ("qualification_review", lambda: self.judge(case)),
            ("qualification_review", lambda: case.pass_qualification(by=bureau)),
            ("panel_selection", lambda: case.draw_panel(by=bureau)),
            ("panel_review", lambda: self.score(case)),
            ("consultation", lambda: self.consult(case)),
            ("reporting", lambda: case.make_report(by=bureau, recommendation="approve", report="Sound.")),
            ("decision", lambda: self.decide(case, "refuse" if state == "refused" else "approve")),
            ("approved", lambda: self.agree(case)),
        ):
            if case.state == state:
                return
            assert case.state == reached
            take()
            case.refresh_from_db()

    def by(self, case: OperatorApplication) -> Actor:
        """Who acts for the organisation of an application."""
        return next(actor for actor in self.cast if actor.organisation == case.organisation)

    def complete(self, case: OperatorApplication) -> None:
        """Fill in a draft: the particulars, a statement and a file for each point."""
        applicant = self.by(case)
        case.save_entity(by=applicant, **ENTITY)
        if self.in_a_hurry:
            self.complete_unseen(case, applicant)
            return
        for point in case.points():
            case.save_answer(by=applicant, point=point.code, statement=f"We meet {point.code}.")
            self.prove(case, point.code)

    @staticmethod
    def complete_unseen(case: OperatorApplication, applicant: Actor) -> None:
        """The same rows at once, all over one file: for stories that only rest on the agreement."""
        content = b"Evidence for every point"
        kept = default_storage.save("evidence.txt", ContentFile(content))
        PointAnswer.objects.bulk_create(
            PointAnswer(application=case, point=point.code, statement=f"We meet {point.code}.")
            for point in case.points()
        )
        Attachment.objects.bulk_create(
            Attachment(
                **Attachment.refers(case), tag=point.code, name=f"{point.code}.txt", content_type="text/plain",
                size=len(content), sha256=sha256(content).hexdigest(), file=kept, uploaded_by=applicant.person,
                organisation=applicant.organisation, uploaded_at=timezone.now(),
            )
            for point in case.points()
        )  # fmt: skip

    def prove(self, case: OperatorApplication, point: str) -> None:
        """Attach a file as evidence for a point."""
        upload = SimpleUploadedFile(f"{point}.txt", f"Evidence for {point}".encode())
        attachments.receive(case, upload, by=self.by(case), tag=point)

    @staticmethod
    def judgements(case: OperatorApplication, *, lacking: int = 0) -> dict:
        """Judgements of all points; the first `lacking` ones are not met."""
        values = {}
        for number, point in enumerate(case.points()):
            met = number >= lacking
            values[f"{point.code}_judgement"] = MET if met else NOT_MET
            values[f"{point.code}_reason"] = "" if met else f"{point.code} is out of date."
        return values

    def judge(self, case: OperatorApplication, *, lacking: int = 0) -> None:
        """Judge every point."""
        case.judge(by=self.cast.bureau, **self.judgements(case, lacking=lacking))

    @staticmethod
    def marks(case: OperatorApplication) -> dict:
        """A score sheet: one mark less than the most of each criterion, and an opinion."""
        criteria = case.rules.criteria("operator_panel")
        return {criterion.code: criterion.maximum - 1 for criterion in criteria} | {"opinion": "Feasible."}

    def panel(self, case: OperatorApplication) -> list[Actor]:
        """The experts who sit, in the order of the draw."""
        seats = case.sitting().select_related("expert__person").order_by("pk")
        return [self.cast[seat.expert.person.username] for seat in seats]

    def others(self, case: OperatorApplication) -> list[Actor]:
        """The experts of the pool who do not sit."""
        sitting = self.panel(case)
        return [self.cast[expert.person.username] for expert in self.experts if
                self.cast[expert.person.username] not in sitting]  # fmt: skip

    def score(self, case: OperatorApplication) -> None:
        """Let the whole panel score."""
        for expert in self.panel(case):
            case.score(by=expert, **self.marks(case))

    def consult(self, case: OperatorApplication) -> None:
        """Let every body named in the call give its opinion."""
        for name in BODIES:
            if case.call.consulted.filter(pk=self.cast[name].organisation.pk).exists():
                case.give_opinion(by=self.cast[name], stance="agree", opinion="No objection.")

    def decide(self, case: OperatorApplication, verb: str = "approve") -> None:
        """Let the district government decide."""
        getattr(case, verb)(by=self.cast.government, **DECISION | {"decided_on": timezone.localdate()})

    @staticmethod
    def said(case) -> list[OutboxMessage]:
        """What was said about the clocks of a case, in order."""
        words = OutboxMessage.objects.of(case).exclude(kind__in=["task", "progress"])
        return list(words.order_by("created_at", "pk"))

    # --- the agreement ---------------------------------------------------------------------------------------

    def agree(self, case: OperatorApplication, **given) -> OperatingAgreement:
        """Publish the results and draw up the agreement."""
        if case.call.state == "open":
            self.close(case.call)
            case.call.publish_results(by=self.cast.bureau)
        values = {"application": case.number, "starts_on": date(2026, 3, 10), "years": 2} | given
        return begin(OperatingAgreement, by=self.cast.bureau, **values)

    def agreement(self, state: str = "draft", **given) -> OperatingAgreement:
        """An agreement in a state."""
        agreement = self.agree(self.application("approved"), **given)
        bureau = self.cast.bureau
        if state == "draft":
            return agreement
        if state == "cancelled":
            return agreement.cancel(by=bureau, reason="The company declined.")
        agreement.fix_text(by=bureau)
        if state in {"effective", "suspended", "expired", "terminated"}:
            self.sign(agreement, "applicant", "bureau")
        if state == "suspended":
            agreement.suspend(by=bureau, reason="Logs were not kept.")
        if state == "terminated":
            agreement.terminate(by=bureau, ground="termination", reason="Not rectified.")
        if state == "expired":
            agreement.expire(by=SYSTEM, on=timezone.now() + 800 * DAY)
        assert agreement.state == state
        return agreement

    def sign(self, agreement: OperatingAgreement, *names: str) -> None:
        """Let people sign the present text."""
        for name in names:
            agreement.sign(by=self.cast[name], digest=agreement.text_digest, agreed=True)


@pytest.fixture
def now():
    """Stops the clock at the story's moment; `now.move_to(…)` sets it."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def kept_in(folder: Path) -> dict[str, Path]:
    """The settings that keep files in a folder."""
    return {
        "MEDIA_ROOT": folder,
        "LEDGER_CHECKPOINT_FILE": folder / "checkpoints.jsonl",
        "LEDGER_KEY_FILE": folder / "ledger-key.pem",
    }


@pytest.fixture
def files(settings, tmp_path):
    """Keeps the files of a test out of the project."""
    for name, value in kept_in(tmp_path).items():
        setattr(settings, name, value)


@pytest.fixture
def story(cast, now, files) -> Story:
    """The cast, the pool of experts and a clock that stands still; messages in English."""
    with translation.override("en"):
        yield Story(cast)
