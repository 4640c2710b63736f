"""What an application holds (particulars, statements, evidence, judgements, panel, decision) and who sees it."""

from collections.abc import Iterable
from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from guardian.shortcuts import get_objects_for_user

from accounts.actors import Actor
from accounts.roles import Role
from casework import papers
from casework.models.attachment import Attachment
from casework.models.case import Case
from casework.refusals import InvalidInput
from operators import facts, letters, sheets
from operators.models import lots
from operators.models.call import Call
from operators.models.points import Submission
from regulation.rules import Point


class Dossier(Case):
    """The columns and reads of an application. How it moves is `OperatorApplication`'s business."""

    call = models.ForeignKey(Call, models.PROTECT, related_name="applications", verbose_name=_("call"))
    legal_representative = models.CharField(_("legal representative"), max_length=60, blank=True)
    address = models.CharField(_("registered address"), max_length=200, blank=True)
    established_on = models.DateField(_("established on"), null=True)
    capital = models.DecimalField(_("registered capital"), max_digits=14, decimal_places=2, null=True)
    staff = models.PositiveIntegerField(_("staff"), null=True)
    business = models.TextField(_("main business"), blank=True)
    contact_name = models.CharField(_("contact person"), max_length=60, blank=True)
    contact_phone = models.CharField(_("contact telephone"), max_length=30, blank=True)
    contact_email = models.EmailField(_("contact e-mail"), blank=True)
    submitted_at = models.DateTimeField(_("submitted at"), null=True)
    round = models.PositiveSmallIntegerField(_("submission no."), default=0)
    correct_by = models.DateField(_("correct by"), null=True)
    recommendation = models.CharField(_("recommendation"), max_length=20, blank=True)
    report = models.TextField(_("report"), blank=True)
    decided_on = models.DateField(_("decided on"), null=True)
    document_number = models.CharField(_("document number of the decision"), max_length=80, blank=True)
    decision_remark = models.TextField(_("reasons of the decision"), blank=True)
    withdrawn_because = models.TextField(_("reason for the withdrawal"), blank=True)

    class Meta:
        abstract = True

    @property
    def title(self) -> str:
        return self.organisation.name

    @classmethod
    def scope(cls, actor: Actor) -> Q:
        """Own applications; for the authorities those handed in, each from where its duty begins (Art. 7, 11)."""
        handed_in = Q(submitted_at__isnull=False)
        seen = Q(pk__in=[])
        if actor.has(Role.OPERATOR):
            seen |= Q(organisation=actor.organisation)
        if actor.has(Role.BUREAU, Role.BUREAU_LEAD):
            seen |= handed_in
        if actor.has(Role.REGULATOR):
            seen |= handed_in & Q(call__in=Call.objects.filter(consulted=actor.organisation))
        if actor.has(Role.GOVERNMENT):
            seen |= handed_in & (Q(state="decision") | Q(decided_on__isnull=False))
        if actor.has(Role.EXPERT):
            mine = get_objects_for_user(actor.person, "operators.score_operatorapplication", cls, with_superuser=False)
            seen |= Q(pk__in=mine.values("pk"))
        return seen

    def hidden_steps(self, actor: Actor) -> frozenset[str]:
        """Steps not shown: to applicants the inner work, to experts everybody else's score (Art. 5(4))."""
        if actor.has(Role.BUREAU, Role.BUREAU_LEAD, Role.REGULATOR, Role.GOVERNMENT):
            return frozenset()
        return frozenset({"judge", "draw_panel", "fill_seats", "score", "step_back", "give_opinion", "make_report"})

    def turn_for(self, actor: Actor) -> str:
        """While the panel scores, neither the applicant nor an expert is told who sits on it (Art. 5(4))."""
        told = actor.has(Role.BUREAU, Role.BUREAU_LEAD, Role.REGULATOR, Role.GOVERNMENT)
        return "" if told or self.state != "panel_review" else str(_("The expert panel"))

    def files_for(self, actor: Actor) -> Q:
        """To the authorities all, to applicants and experts the applicant's and their own (Art. 5(4)).

        While the panel scores only experts add files: what came since is for whoever added it alone.
        """
        own = Q(organisation=self.organisation_id) | Q(uploaded_by=actor.person)
        if not actor.has(Role.BUREAU, Role.BUREAU_LEAD, Role.REGULATOR, Role.GOVERNMENT):
            return own
        return own | Q(uploaded_at__lt=self.state_since) if self.state == "panel_review" else Q()

    def file_tags(self) -> frozenset[str]:
        """The points of the checklists, while the applicant is at work on them."""
        in_preparation = self.state in {"draft", "correction"}
        return frozenset(point.code for point in self.points()) if in_preparation else frozenset()

    def facts(self, actor: Actor) -> dict:
        """What the reader's page shows (see `operators.facts`)."""
        return facts.of_application(self, actor)

    def points(self) -> tuple[Point, ...]:
        """The eleven points of Art. 9(2) and 9(3), from the rule set the application began under."""
        return self.rules.checklist("qualification") + self.rules.checklist("technical")

    def lacking(self) -> list[str]:
        """What is still missing before the application can be submitted, by the title of its section."""
        missing = [_("Applicant")] if any(getattr(self, name) in ("", None) for name in sheets.ENTITY_FIELDS) else []
        stated = {answer.point for answer in self.answers.all() if answer.statement.strip()}
        proved = set(self.evidence().values_list("tag", flat=True))
        return missing + [point.title for point in self.points() if point.code not in stated & proved]

    def statement_on(self, point: str) -> str:
        """What has been stated on a point so far."""
        return self.answers.filter(point=point).values_list("statement", flat=True).first() or ""

    def evidence(self):
        """The attachments that prove the statements; the tag is the point's code."""
        return Attachment.objects.of(self).filter(withdrawn_at=None, organisation=self.organisation_id)

    def judged(self) -> dict[str, bool]:
        """The judgement of each point in the present round: whether it is met."""
        return dict(self.judgements.filter(round=self.round).values_list("point", "met"))

    def defects(self) -> list:
        """The judgements of the present round that say not met, in the order of the checklist."""
        found = {judgement.point: judgement for judgement in self.judgements.filter(round=self.round, met=False)}
        return [(point, found[point.code]) for point in self.points() if point.code in found]

    def sitting(self):
        """The seats of the panel that are not given up."""
        return self.seats.filter(given_up_at=None)

    def awaited_seats(self):
        """The seats whose expert has not scored yet."""
        return self.sitting().filter(score=None)

    def seats_to_fill(self) -> int:
        """How many seats of the panel are vacant."""
        return self.call.seats - self.sitting().count()

    def pool(self) -> lots.Pool:
        """Available experts of the call's field, not yet drawn, parted by conflict of interest (Art. 5(4))."""
        return lots.eligible(self)

    def mean_score(self) -> float | None:
        """The mean of the panel's totals, or None before anybody has scored."""
        return self.sitting().aggregate(mean=models.Avg("score__total"))["mean"]

    qualification_limit = property(lambda self: self.call.qualification_days)
    panel_limit = property(lambda self: self.call.panel_days)
    consultation_limit = property(lambda self: self.call.consultation_days)

    # --- what steps write --------------------------------------------------------------------------------------

    def decide(self, values: dict) -> None:
        if values["decided_on"] < timezone.localdate(self.submitted_at):
            raise InvalidInput({"decided_on": [_("The application had not been handed in on that day.")]}, article="11")
        for name, value in values.items():
            setattr(self, name, value)

    def hand_in(self, on: datetime, by: Actor) -> dict:
        """Fix what is handed in as the next round and acknowledge it; earlier judgements of unchanged points stay."""
        earlier = self.submissions.last()
        self.round += 1
        submission = Submission.objects.create(
            application=self, round=self.round, submitted_at=on, **Submission.fixed(sheets.snapshot(self))
        )
        self._carry_over(submission.changes_since(earlier) if earlier else None)
        papers.order(self, "acknowledgment", by=by, at=on, context=letters.acknowledgment(self, submission))
        return {"round": self.round, "content": submission.digest}

    def _carry_over(self, changed: Iterable[str] | None) -> None:
        """A point judged met stays judged where nothing about it changed; everything else is judged anew."""
        if changed is None:
            return
        for judgement in self.judgements.filter(round=self.round - 1, met=True).exclude(point__in=changed):
            judgement.pk, judgement.round = None, self.round
            judgement.save(force_insert=True)
