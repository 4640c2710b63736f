"""The data use agreement (Art. 19(1)) between the user, the bureau and every department concerned."""

from datetime import date, datetime, timedelta

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import SYSTEM, Actor
from accounts.models import Organisation
from accounts.queries import bureau
from accounts.roles import Role
from authorizations import facts, guards, letters, sheets
from authorizations.models.consent import Consent
from authorizations.models.grant import Grant
from authorizations.models.request import AUTHORISED, AuthorizationRequest
from authorizations.parties import every_signatory, role_of, the_user
from casework import agreements
from casework.agreements import Agreement, SideSignature
from casework.beginning import Start
from casework.inputs import Input
from casework.refusals import InvalidInput
from casework.states import Owner, State, States, the_bureau, the_system
from casework.step import step

STATES = States.of(
    draft=State(
        label=_("Being drafted"), owner=the_bureau, task=_("Complete the text of the agreement"), article="19(1)"
    ),
    signing=State(
        label=_("Awaiting signatures"), owner=every_signatory, task=_("Read and sign the agreement"), article="19(1)",
        tone="info",
    ),
    consent=State(
        label=_("Awaiting evidence of consent"), owner=the_user, task=_("File the consent with its evidence"),
        article="20", tone="warn",
    ),
    effective=State(label=_("In force"), article="19(1)", tone="good"),
    suspended=State(label=_("Suspended"), article="39", tone="warn"),
    replaced=State(label=_("Replaced by a later agreement"), article="19(1)", final=True),
    expired=State(label=_("Expired"), article="19(1)", final=True),
    terminated=State(label=_("Terminated"), article="39", final=True, tone="bad"),
    cancelled=State(label=_("Cancelled before signature"), article="19(1)", final=True),
)  # fmt: skip
OPEN_TO_CONSENT = ["draft", "signing", "consent", "effective", "suspended"]


class DataUseAgreement(Agreement):
    """On what was authorised in one request. A renewal or an amendment is an agreement of its own that succeeds it."""

    SUCCESSIONS = [("renewal", _("Renewal")), ("amendment", _("Amendment"))]

    kind = "data-use-agreement"
    plural = "data-use-agreements"
    states = STATES
    audience = (Role.BUREAU, Role.BUREAU_LEAD, Role.OPERATOR, Role.PARTNER, Role.DEPARTMENT, Role.REGULATOR)
    icon = "file-earmark-text"
    menu_group = "catalogue"
    draft_step = "edit"
    parts_list = "data_use_agreement"
    paper = "data_use_agreement"
    ends_from = ("effective", "suspended")

    request = models.ForeignKey(
        AuthorizationRequest, models.PROTECT, related_name="agreements", verbose_name=_("request")
    )
    operator = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("operator"))
    succeeds = models.ForeignKey(
        "self", models.PROTECT, related_name="successors", null=True, verbose_name=_("succeeds the agreement")
    )
    succession = models.CharField(_("kind of succession"), max_length=10, choices=SUCCESSIONS, blank=True)
    suspended_because = models.TextField(_("reason for the suspension"), blank=True)
    ended_because = models.TextField(_("reason for the end"), blank=True)

    class Meta:
        verbose_name = _("data use agreement")
        verbose_name_plural = _("data use agreements")
        constraints = [STATES.known("use_agreement_known_state")]
        indexes = [models.Index(fields=["organisation", "-id"], name="use_agreement_of_user")]

    @property
    def partnership_id(self) -> int | None:
        """The partner's standing that the agreement rests on; None for an operator."""
        return self.request.partnership_id

    @classmethod
    def scope(cls, actor: Actor) -> Q:
        """Bureau all; the sides once there is a text; the operator its partners'; supervising bodies those signed."""
        fixed, seen = Q(edition__gt=0), Q(pk__in=[])
        if actor.has(Role.BUREAU, Role.BUREAU_LEAD):
            return Q()
        if actor.has(Role.OPERATOR, Role.PARTNER):
            seen |= fixed & Q(organisation=actor.organisation)
        if actor.has(Role.OPERATOR):
            seen |= fixed & Q(operator=actor.organisation)
        if actor.has(Role.DEPARTMENT):
            items = AuthorizationRequest._meta.get_field("items").related_model
            own = items.objects.filter(
                request=OuterRef("request"), department=actor.organisation, decision__in=items.GRANTED
            )
            seen |= fixed & Q(Exists(own))
        if actor.has(Role.REGULATOR):
            seen |= Q(effective_at__isnull=False)
        return seen

    def facts(self, actor: Actor) -> dict:
        """What the reader's page shows (see `authorizations.facts.use`)."""
        return facts.use.of_agreement(self, actor)

    @property
    def scenario_id(self) -> int:
        """The scenario, which is that of the request."""
        return self.request.scenario_id

    def covered(self):
        """The items that the agreement is on: granted, and not revoked before it was drawn up."""
        kept = Q(revoked_at=None) | Q(revoked_at__gt=self.started_at)
        return self.request.granted_items().filter(kept).select_related("resource", "version", "department")

    def departments(self) -> set[int]:
        """The keys of the departments whose resources it is on."""
        return set(self.covered().values_list("department_id", flat=True))

    def sides(self) -> set[int]:
        """The organisations that must sign: the user, the bureau, every department concerned."""
        return {bureau().pk, self.organisation_id} | self.departments()

    def warned(self) -> list[Owner]:
        """The user and the bureau, who draw up a renewal, are told that the agreement ends soon."""
        return [Owner(bureau().pk, Role.BUREAU), Owner(self.organisation_id, role_of(self.organisation))]

    def letter(self) -> dict:
        """What the text for signature says."""
        return letters.data_use_agreement(self, bureau())

    def tags_open_to(self, actor: Actor) -> frozenset[str]:
        """Evidence of consent, to the user and nobody else, whenever consent can be filed (Art. 20)."""
        spec = type(self).file_consent.step
        closed = spec.state_refusal(self) or spec.person_refusal(self, actor) or not sheets.use.sensitive_items(self)
        return frozenset() if closed else frozenset({sheets.use.EVIDENCE})

    def files_for(self, actor: Actor) -> Q:
        """A department sees the evidence of consent for its own resources, and no other side's."""
        if not actor.has(Role.DEPARTMENT):
            return Q()
        own = Consent.objects.filter(scenario=self.scenario_id, resource__organisation=actor.organisation)
        return ~Q(tag=sheets.use.EVIDENCE) | Q(pk__in=own.values("evidence"))

    def model_parts(self) -> dict[str, str]:
        """The rule set's model text of each part, filled in from the request."""
        items = self.covered()
        modes = dict(self.rules.options("mode_of_use"))
        facts_of = {
            "user": self.organisation.name, "number": self.request.number, "scenario": self.request.scenario.name,
            "purpose": self.request.purpose, "mode": modes.get(self.request.mode_of_use, ""),
            "resources": letters.resource_lines(items), "starts_on": self.starts_on.isoformat(),
            "ends_on": self.ends_on.isoformat(), "measures": self.request.measures, "bureau": bureau().name,
            "departments": "、".join(dict.fromkeys(item.department.name for item in items)),
        }  # fmt: skip
        return {part.code: part.model_text(**facts_of) for part in self.required_parts()}

    @staticmethod
    def today() -> date:
        """The day in Beijing."""
        return timezone.localdate()

    def day_after_end(self) -> date:
        """The first day that a renewal covers: behind the last one of this term, or today where that lies behind."""
        return max(self.ends_on + timedelta(days=1), self.today())

    def items_without_consent(self, on: date | None = None):
        """The items with personal information or secrets for whose scenario no consent is valid on the day (today)."""
        consents = Consent.objects.valid(on=on or self.today()).filter(
            scenario=self.scenario_id, resource=OuterRef("resource")
        )
        sensitive = Q(version__personal_information=True) | Q(version__business_secret=True)
        return self.covered().filter(sensitive).filter(~Exists(consents))

    # --- beginning -------------------------------------------------------------------------------------------

    @staticmethod
    def _build(*, by: Actor, on: datetime, request, starts_on, ends_on, succession="") -> "DataUseAgreement":
        chosen = AuthorizationRequest.objects.visible_to(by).filter(number=request, state__in=AUTHORISED).first()
        if chosen is None:
            raise InvalidInput({"request": [_("There is no authorised request with this number.")]})
        sheets.use.refuse_empty_term(starts_on, ends_on)
        earlier = chosen.agreements.filter(state__in=["effective", "suspended", "expired"]).order_by("-id").first()
        agreement = DataUseAgreement(
            request=chosen, organisation=chosen.organisation, operator=chosen.operator, state=STATES.initial,
            starts_on=starts_on, ends_on=ends_on, rule_set=chosen.rules.id, started_at=on, succeeds=earlier,
            succession=(succession or "renewal") if earlier else "",
        )  # fmt: skip
        agreement.parts = agreement.model_parts()
        return agreement

    start = Start(
        label=_("Draw up a data use agreement"), article="19(1)", by=(the_bureau, the_system), build=_build,
        asks=lambda actor: sheets.use.beginning(DataUseAgreement),
        guards=(guards.use.something_authorised, guards.use.no_other_draft),
    )  # fmt: skip

    # --- the text and its signatures ---------------------------------------------------------------------------

    @step(
        label=_("Change the text"), article="19(1)", source="draft", by=[the_bureau], inputs=sheets.use.text,
        tone="secondary",
    )  # fmt: skip
    def edit(self, *, by, on, starts_on, ends_on, **parts):
        sheets.use.refuse_empty_term(starts_on, ends_on)
        before = self.model_parts()
        self.starts_on, self.ends_on = starts_on, ends_on
        now, same = self.model_parts(), agreements.same_text
        self.parts = parts | {code: text for code, text in now.items() if same(parts[code], before[code])}

    @step(
        label=_("Fix the text for signature"), article="19(1)", source="draft", target="signing", by=[the_bureau],
        guards=[agreements.parts_complete, agreements.term_not_empty, guards.request.standing_in_force],
        explain=_("The text is printed once; user, bureau and departments sign its digest, in any order."),
    )  # fmt: skip
    def fix_text(self, *, by, on):
        return self.print_text(by=by, on=on)

    @step(
        label=_("Take the text back for a change"), article="19(1)", source=["signing", "consent"], target="draft",
        by=[the_bureau], tone="secondary", inputs={"reason": Input(kind="longtext", label=_("Reason"))},
        explain=_("Signatures given so far become void."),
    )  # fmt: skip
    def take_back(self, *, by, on, reason):
        return self.voided_by_change(reason)

    @step(
        label=_("Sign"), article="19(1)", source="signing", by=[every_signatory],
        guards=[agreements.text_fixed, agreements.term_not_over, agreements.side_not_signed],
        inputs=agreements.signature_inputs, closes_own=True, then=("take_effect", "await_consent"),
    )  # fmt: skip
    def sign(self, *, by, on, digest, agreed):
        return self.put_signature(by=by, on=on, digest=digest)

    @step(
        label=_("Wait for the evidence of consent"), article="20", source="signing", target="consent",
        by=[the_system], guards=[agreements.signed_by_every_side],
    )  # fmt: skip
    def await_consent(self, *, by, on):
        """Every side has signed; consent is not on file yet."""

    @step(
        label=_("Take effect"), article="19(1)", source=["signing", "consent"], target="effective", by=[the_system],
        guards=[agreements.signed_by_every_side, guards.use.consent_on_file, agreements.term_not_over],
    )  # fmt: skip
    def take_effect(self, *, by, on):
        self.effective_at = on
        self.succeed(on)
        return {"grants": Grant.make_for(self, on=on)}

    def succeed(self, on: datetime) -> None:
        """Let the earlier agreement make way, once the term of this one has begun: until then the earlier one holds."""
        due = timezone.localdate(on) >= self.starts_on
        if due and self.succeeds_id and self.succeeds.state in {"effective", "suspended"}:
            self.succeeds.replace(by=SYSTEM, on=on)

    @step(
        label=_("Cancel before signature"), article="19(1)", source=["draft", "signing", "consent"],
        target="cancelled", by=[the_bureau], tone="danger",
        inputs={"reason": Input(kind="longtext", label=_("Reason"))},
    )  # fmt: skip
    def cancel(self, *, by, on, reason):
        self.cancelled_because = reason

    # --- consent ---------------------------------------------------------------------------------------------

    @step(
        label=_("File consent"), article="20", source=OPEN_TO_CONSENT, by=[the_user],
        guards=[guards.use.consent_concerned], inputs=sheets.use.consent, then="take_effect", tone="secondary",
        explain=_("Attach the evidence to the agreement first, then choose it here."),
    )  # fmt: skip
    def file_consent(self, *, by, on, resource, basis, statement, valid_from, valid_until, evidence):
        return sheets.use.file_consent(
            self, Consent, by=by, on=on, resource=resource, basis=basis, statement=statement, valid_from=valid_from,
            valid_until=valid_until, evidence=evidence,
        )  # fmt: skip

    @step(
        label=_("Record that consent was withdrawn"), article="20", source=OPEN_TO_CONSENT, by=[the_user, the_bureau],
        guards=[guards.use.consent_there], inputs=sheets.use.withdrawal, tone="danger",
        explain=_("Access to the resource in this scenario closes at once."),
    )  # fmt: skip
    def withdraw_consent(self, *, by, on, consent, reason):
        Consent.objects.filter(pk=consent, scenario=self.scenario_id, withdrawn_at=None).update(
            withdrawn_at=on, withdrawn_because=reason
        )
        return {"consent": int(consent), "reason": reason}

    # --- while it holds --------------------------------------------------------------------------------------

    @step(
        label=_("Suspend the agreement"), article="39", source="effective", target="suspended", by=[the_bureau],
        tone="danger", inputs={"reason": Input(kind="longtext", label=_("Reason"))},
        explain=_("Every access under the agreement closes at once and opens again when it is resumed."),
    )  # fmt: skip
    def suspend(self, *, by, on, reason):
        self.suspended_because = reason
        return {"reason": reason}

    @step(
        label=_("Resume the agreement"), article="39", source="suspended", target="effective", by=[the_bureau],
        inputs={"reason": Input(kind="longtext", label=_("Reason"))},
    )  # fmt: skip
    def resume(self, *, by, on, reason):
        self.suspended_because = ""
        return {"reason": reason}

    @step(
        label=_("Terminate the agreement"), article="39", source=["effective", "suspended"], target="terminated",
        by=[the_bureau], tone="danger", inputs={"reason": Input(kind="longtext", label=_("Reason"))},
        explain=_("Every access under the agreement ends at once and for good."),
    )  # fmt: skip
    def terminate(self, *, by, on, reason):
        self.ended_because = reason
        return {"reason": reason}

    @step(
        label=_("Make way for the later agreement"), article="19(1)", source=["effective", "suspended"],
        target="replaced", by=[the_system], guards=[guards.use.successor_begun],
    )  # fmt: skip
    def replace(self, *, by, on):
        """A renewal or an amendment has taken effect."""

    @step(
        label=_("Expire"), article="19(1)", source=["effective", "suspended"], target="expired", by=[the_system],
        guards=[agreements.term_over],
    )  # fmt: skip
    def expire(self, *, by, on):
        """The term has ended."""


class UseSignature(SideSignature):
    """One side's signature. Those of earlier editions stay on record."""

    agreement = models.ForeignKey(DataUseAgreement, models.PROTECT, related_name="signatures")

    class Meta(SideSignature.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["agreement", "organisation", "edition"], name="one_use_signature_a_side")
        ]
