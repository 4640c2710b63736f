"""What a request holds (scenario, resources, rounds, notes, city's answer) and who sees it."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Organisation
from accounts.roles import Role
from authorizations import facts, letters, sheets
from authorizations.models.resource import DataResource
from authorizations.models.scenario import Scenario
from casework import outbox, papers
from casework.models.attachment import Attachment
from casework.models.case import Case, CaseQuerySet
from casework.models.outbox import OutboxMessage
from casework.models.submission import HandedIn
from casework.models.task import Task
from casework.refusals import InvalidInput, NotYourStep
from operators.models import Partnership


class RequestManager(models.Manager.from_queryset(CaseQuerySet)):
    """Requests with scenario and organisation, by which each is called wherever cases are listed."""

    def get_queryset(self) -> CaseQuerySet:
        """All of them, in one query."""
        return super().get_queryset().select_related("scenario", "organisation")


class RequestDossier(Case):
    """The columns and reads of a request. How it moves is `AuthorizationRequest`'s business.

    `operator` is the operator on whose platform the data are used: the applicant itself, or its partner's operator.
    """

    operator = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("operator"))
    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="+", null=True)
    scenario = models.ForeignKey(Scenario, models.PROTECT, related_name="+", null=True, verbose_name=_("scenario"))
    purpose = models.TextField(_("purpose"), blank=True)
    mode_of_use = models.CharField(_("mode of use"), max_length=40, blank=True)
    use_from = models.DateField(_("used from"), null=True)
    use_until = models.DateField(_("used until"), null=True)
    measures = models.TextField(_("security measures"), blank=True)
    copied_from = models.ForeignKey("self", models.PROTECT, related_name="+", null=True)
    submitted_at = models.DateTimeField(_("submitted at"), null=True)
    received_at = models.DateTimeField(_("received by the bureau at"), null=True)
    assessed_at = models.DateTimeField(_("assessment confirmed at"), null=True)
    concluded_at = models.DateTimeField(_("concluded at"), null=True)
    round = models.PositiveSmallIntegerField(_("submission no."), default=0)
    correct_by = models.DateField(_("correct by"), null=True)
    refused_because = models.TextField(_("reason of the refusal"), blank=True)
    withdrawn_because = models.TextField(_("reason for the withdrawal"), blank=True)
    city_letter = models.CharField(_("number of the letter to the city"), max_length=80, blank=True)
    city_asked_on = models.DateField(_("letter to the city sent on"), null=True)
    city_outcome = models.CharField(_("answer of the city"), max_length=10, blank=True)
    city_answer = models.CharField(_("number of the city's answer"), max_length=80, blank=True)
    city_answered_on = models.DateField(_("city answered on"), null=True)
    urged_at = models.DateTimeField(_("urged at"), null=True)

    objects = RequestManager()

    class Meta:
        abstract = True
        indexes = [
            models.Index(fields=["organisation", "-id"], name="request_of_user"),
            models.Index(fields=["operator", "-id"], name="request_of_operator"),
            models.Index(fields=["state", "-id"], name="request_in_state"),
        ]

    @property
    def title(self) -> str:
        return self.scenario.name if self.scenario_id else str(_("Request without a scenario yet"))

    @classmethod
    def scope(cls, actor: Actor) -> Q:
        """The user its own; its operator, the bureau and supervising bodies what was handed in (Art. 7, 18).

        A department sees a request from the confirmed assessment on, where it has a resource in it.
        """
        handed_in = Q(submitted_at__isnull=False)
        seen = Q(pk__in=[])
        if actor.has(Role.OPERATOR, Role.PARTNER):
            seen |= Q(organisation=actor.organisation)
        if actor.has(Role.OPERATOR):
            seen |= handed_in & Q(operator=actor.organisation)
        if actor.has(Role.BUREAU, Role.BUREAU_LEAD, Role.REGULATOR):
            seen |= handed_in
        if actor.has(Role.DEPARTMENT):
            items = cls._meta.get_field("items").related_model
            own = items.objects.filter(request=OuterRef("pk"), department=actor.organisation)
            seen |= Q(assessed_at__isnull=False) & Q(Exists(own))
        return seen

    @classmethod
    def search(cls, text: str) -> Q:
        """By organisation and scenario."""
        return super().search(text) | Q(scenario__in=Scenario.objects.filter(name__icontains=text))

    def hidden_papers(self, actor: Actor) -> frozenset[str]:
        """A department reads what concerns its own resources: no paper that lists those of others (Art. 18(1))."""
        if actor.has(Role.DEPARTMENT) and len(self.departments()) > 1:
            return frozenset({"request_acknowledgment", "request_decision"})
        return frozenset()

    def facts(self, actor: Actor) -> dict:
        """What the reader's page shows (see `authorizations.facts.request`)."""
        return facts.request.of_request(self, actor)

    # --- beginning -------------------------------------------------------------------------------------------

    @classmethod
    def drafted(cls, *, by: Actor, resources: list[str], copy_of: str, partnership: str, state: str):
        """An unsaved draft of the actor's organisation, with the resources named or those of an earlier request."""
        case = cls(organisation=by.organisation, state=state)
        if by.has(Role.PARTNER):
            case.partnership = cls._partnership(by, partnership)
            case.operator = case.partnership.operator
        else:
            case.operator = by.organisation
        case.items_chosen = cls.chosen(resources, by=by) if resources else []
        if copy_of:
            case.copy_from(cls._earlier(copy_of, by), by=by)
        return case

    @staticmethod
    def _partnership(by: Actor, number: str) -> Partnership:
        found = Partnership.objects.filter(organisation=by.organisation, number=number).first()
        if found is None:
            raise InvalidInput({"partnership": [_("Choose the operator on whose platform you work.")]})
        return found

    @classmethod
    def _earlier(cls, number: str, by: Actor):
        found = cls.objects.filter(organisation=by.organisation, number=number).first()
        if found is None:
            raise InvalidInput({"copy_of": [_("Your organisation has no request with this number.")]})
        return found

    def copy_from(self, earlier, *, by: Actor) -> None:
        """Take over text and resources of an earlier request; resources no longer offered are left out."""
        for name in ("scenario_id", *sheets.request.TEXT):
            setattr(self, name, getattr(earlier, name))
        self.copied_from = earlier
        chosen = {resource.pk for resource in self.items_chosen}
        for item in earlier.items.select_related("resource"):
            if item.resource.is_offered and item.resource_id not in chosen:
                self.items_chosen.append(item.resource)

    @staticmethod
    def chosen(codes: Iterable[str], *, by: Actor) -> list[DataResource]:
        """The offered resources with these numbers or codes, in the order given.

        Raises:
            InvalidInput: naming each that is not in the catalogue.
        """
        codes = list(dict.fromkeys(codes))
        offered = DataResource.objects.visible_to(by).offered().filter(Q(number__in=codes) | Q(code__in=codes))
        found = {name: one for one in offered.select_related("listed_version") for name in (one.number, one.code)}
        unknown = [code for code in codes if code not in found]
        if unknown:
            raise InvalidInput(
                {"resources": [_("“%(code)s” is not in the catalogue.") % {"code": code[:60]} for code in unknown[:20]]}
            )
        return list(dict.fromkeys(found[code] for code in codes))

    def begun(self, *, by: Actor, on: datetime) -> None:
        """Write the resources chosen when the request began."""
        self.set_items(self.__dict__.pop("items_chosen"))

    def set_items(self, resources: Iterable[DataResource]) -> None:
        """Ask for exactly these resources, each in its present version."""
        resources = list(resources)
        self.items.exclude(resource__in=resources).delete()
        for resource in resources:
            self.items.update_or_create(
                resource=resource,
                defaults={"version": resource.listed_version, "department_id": resource.organisation_id},
            )

    # --- reads -----------------------------------------------------------------------------------------------

    def lacking(self) -> list[str]:
        """What is still missing before the request can be submitted, by its label."""
        needed = ("scenario_id", *sheets.request.TEXT)
        missing = [str(self._meta.get_field(name).verbose_name) for name in needed if not getattr(self, name)]
        return missing if self.items.exists() else [*missing, str(_("resources"))]

    @property
    def crosses(self) -> bool:
        """Whether a resource of another level or region is asked for, so that the city coordinates (Art. 18(3))."""
        return any(item.version.crosses_the_district for item in self.items.select_related("version"))

    def items_for_the_city(self) -> list:
        """The resources of another level or region on which the city has not answered yet (Art. 18(3))."""
        items = self.items.filter(city_outcome="").select_related("version")
        return [item for item in items if item.version.crosses_the_district]

    def departments(self) -> set[int]:
        """The keys of the departments whose resources are asked for."""
        return set(self.items.values_list("department_id", flat=True))

    def handed_in_for(self, actor: Actor) -> dict | None:
        """What the reader is shown instead of a correction that the applicant is still writing; None otherwise.

        Uses what is prefetched.
        """
        own = actor.organisation is not None and actor.organisation.pk == self.organisation_id
        if own or self.state not in facts.request.IN_PREPARATION[1:]:
            return None
        return max(self.submissions.all(), key=lambda one: one.round).content

    def items_shown(self, actor: Actor) -> list:
        """The resources that the reader may see: a department its own, everybody else all. Uses what is prefetched.

        Of a correction under way others see only what was handed in and is still asked for.
        """
        items = self.items.all()
        if (handed_in := self.handed_in_for(actor)) is not None:
            items = [item for item in items if sheets.request.named(item) in handed_in["resources"]]
        if actor.has(Role.DEPARTMENT):
            return [item for item in items if item.department_id == actor.organisation.pk]
        return list(items)

    def granted_items(self):
        """The items that their departments granted."""
        return self.items.filter(decision__in=["granted", "conditional"])

    def files_handed_in(self) -> list[dict]:
        """Name and digest of each file that the applicant has attached."""
        files = Attachment.objects.of(self).filter(withdrawn_at=None, organisation=self.organisation_id)
        return list(files.order_by("pk").values("name", "sha256"))

    # --- what steps write ------------------------------------------------------------------------------------

    def take_text(self, values: dict, *, on: datetime) -> None:
        """Write what the applicant entered.

        Raises:
            InvalidInput: where the use would end before it begins.
        """
        if values["use_from"] and values["use_until"] and values["use_until"] <= values["use_from"]:
            raise InvalidInput({"use_until": [_("The use must end after it begins.")]})
        name = values.pop("scenario")
        self.scenario = Scenario.named(name, self.organisation, rules=self.rules, on=on) if name else None
        for field, value in values.items():
            setattr(self, field, value)

    def hand_in(self, *, by: Actor, on: datetime) -> dict:
        """Fix what is handed in as the next round and acknowledge it."""
        self.round += 1
        self.submitted_at = self.submitted_at or on
        self.set_items(item.resource for item in self.items.select_related("resource__listed_version"))
        made = self.submissions.create(
            round=self.round, submitted_at=on, **HandedIn.fixed(sheets.request.snapshot(self))
        )
        papers.order(self, "request_acknowledgment", by=by, at=on, context=letters.request_acknowledgment(self, made))
        return {"round": self.round, "content": made.digest}

    def note(self, *, by: Actor, on: datetime, stage: str, outcome: str, text: str) -> None:
        """Keep the opinion of a stage with who gave it."""
        self.notes.create(stage=stage, outcome=outcome, text=text, by=by.person, organisation=by.organisation, at=on)

    def refuse(self, *, by: Actor, on: datetime, reason: str) -> None:
        """End the request with a reason, before any department was asked."""
        self.refused_because, self.concluded_at = reason, on
        papers.order(self, "request_decision", by=by, at=on, context=letters.request_decision(self))

    def take_city_answer(self, outcome: str, letter: str, answered_on: date) -> None:
        """Write down what the city answered.

        Raises:
            InvalidInput: where it would have answered before it was asked.
        """
        if answered_on < self.city_asked_on:
            raise InvalidInput({"city_answered_on": [_("The city had not been asked on that day.")]})
        self.city_outcome, self.city_answer, self.city_answered_on = outcome, letter, answered_on
        for item in self.items_for_the_city():
            item.city_outcome, item.city_answer = outcome, letter
            item.save(update_fields=["city_outcome", "city_answer"])

    def refuse_what_the_city_refused(self, *, on: datetime) -> None:
        """Where the city did not agree, its answer decides the resources of other levels and regions (Art. 18(3))."""
        for item in self.items.filter(city_outcome="refused"):
            item.decision, item.decided_at = "refused", on
            item.reason = str(_("The city did not agree: %(letter)s.") % {"letter": item.city_answer})
            item.save(update_fields=["decision", "reason", "decided_at"])

    def take_decisions(self, values: dict, *, by: Actor, on: datetime) -> dict:
        """Write a department's decision on each of its resources; those left open as it decided on the rest.

        Raises:
            InvalidInput: naming each resource on which nothing was said.
        """
        items = list(self.items.filter(department=by.organisation, decision="").select_related("resource"))
        said = {item: "rest" if not values[f"item{item.pk}_decision"] else f"item{item.pk}" for item in items}
        if not values.get("rest_decision"):
            silent = [f"item{item.pk}_decision" for item in items if said[item] == "rest"]
            if silent:
                missing = _("Decide on this resource, or on all that are left open at once.")
                raise InvalidInput({name: [missing] for name in silent})
        for item in items:
            item.decision = values[f"{said[item]}_decision"]
            item.conditions = values[f"{said[item]}_conditions"] if item.decision == "conditional" else ""
            item.reason = values[f"{said[item]}_reason"] if item.decision == "refused" else ""
            item.decided_by, item.decided_at = by.person, on
            item.save()
        return {"decisions": {item.resource.code: item.decision for item in items}}

    def urge_awaited(self, *, by: Actor, on: datetime) -> dict:
        """Remind everybody whose turn it is, other than the actor's own office, that the case waits for them."""
        waiting = list(Task.objects.of(self).turns().filter(closed_at=None).exclude(organisation=by.organisation))
        outbox.put(
            OutboxMessage(
                **OutboxMessage.refers(self), kind="urged", organisation_id=task.organisation_id, role=task.role,
                person_id=task.person_id, context={"title": self.title, "state": self.state}, created_at=on,
                next_attempt_at=on, key=f"{self.kind}:{self.pk}:urged:{task.pk}:{timezone.localdate(on)}",
            )
            for task in waiting
        )  # fmt: skip
        self.urged_at = on
        return {"urged": sorted({task.organisation_id for task in waiting})}

    def mark_items(self, items: list[str], *, by: Actor, reason: str, **mark) -> dict:
        """Suspend, resume or revoke the authorization of the items; a department that of its own resources only.

        Raises:
            NotYourStep: where one belongs to another department.
        """
        chosen = list(self.items.filter(pk__in=items).select_related("resource"))
        if by.has(Role.DEPARTMENT) and any(item.department_id != by.organisation.pk for item in chosen):
            raise NotYourStep(_("Your department decides on its own resources only."))
        for item in chosen:
            for name, value in mark.items():
                setattr(item, name, value)
            item.closed_because = reason
            item.save()
        return {"resources": [item.resource.code for item in chosen], "reason": reason}


class RequestSubmission(HandedIn):
    """What was handed in, round by round."""

    request = models.ForeignKey("authorizations.AuthorizationRequest", models.PROTECT, related_name="submissions")

    class Meta(HandedIn.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["request", "round"], name="one_request_submission_a_round")]

    def __str__(self) -> str:
        return f"{self.request_id} #{self.round}"


class StageNote(models.Model):
    """The opinion that ended a stage: preliminary review, assessment, coordination."""

    request = models.ForeignKey("authorizations.AuthorizationRequest", models.PROTECT, related_name="notes")
    stage = models.CharField(_("stage"), max_length=40)
    outcome = models.CharField(_("outcome"), max_length=20)
    text = models.TextField(_("opinion"))
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"))

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.request_id} {self.stage} {self.outcome}"
