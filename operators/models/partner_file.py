"""What a platform partner's case holds (particulars, filings, suspension, exit) and who sees it (Art. 17)."""

from datetime import date, datetime

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Organisation
from accounts.roles import Role
from casework.models.attachment import Attachment
from casework.models.case import Case, CaseQuerySet
from casework.models.submission import HandedIn
from casework.refusals import InvalidInput
from operators.models.agreement import OperatingAgreement
from operators.models.partner_rules import PartnerRules
from operators.sheets import partners as sheets

ENDED = ("exited", "refused", "withdrawn")


class PartnershipQuerySet(CaseQuerySet):
    """Reads of platform partners."""

    def in_force(self, *, on: date) -> "PartnershipQuerySet":
        """Partners that have entered, are not suspended, and whose platform service agreement binds on that day."""
        agreements = self.model._meta.get_field("agreements").related_model.objects.in_force(on=on)
        return self.filter(Exists(agreements.filter(partnership=OuterRef("pk"))), state="active")


class PartnerFile(Case):
    """The columns and reads of a partner's case. How it moves is `Partnership`'s business."""

    operator = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", editable=False, verbose_name=_("operator")
    )
    partner_rules = models.ForeignKey(
        PartnerRules, models.PROTECT, related_name="+", verbose_name=_("rules for partners")
    )
    legal_representative = models.CharField(_("legal representative"), max_length=60, blank=True)
    address = models.CharField(_("registered address"), max_length=200, blank=True)
    business = models.TextField(_("main business"), blank=True)
    purpose = models.TextField(_("purpose and plan"), blank=True)
    qualification = models.TextField(_("how the conditions for entry are met"), blank=True)
    team = models.TextField(_("team on the platform"), blank=True)
    security_officer = models.CharField(_("data-security officer"), max_length=60, blank=True)
    security_phone = models.CharField(_("telephone of the data-security officer"), max_length=30, blank=True)
    contact_name = models.CharField(_("contact person"), max_length=60, blank=True)
    contact_phone = models.CharField(_("contact telephone"), max_length=30, blank=True)
    contact_email = models.EmailField(_("contact e-mail"), blank=True)
    submitted_at = models.DateTimeField(_("submitted at"), null=True)
    round = models.PositiveSmallIntegerField(_("submission no."), default=0)
    defects = models.JSONField(_("what has to be corrected"), default=dict)
    correct_by = models.DateField(_("correct by"), null=True)
    opinion = models.TextField(_("opinion"), blank=True)
    withdrawn_because = models.TextField(_("reason for the withdrawal"), blank=True)
    filing_remark = models.TextField(_("what the bureau wants corrected in the filing"), blank=True)
    filing_answer = models.TextField(_("what has been corrected in the filing"), blank=True)
    entered_at = models.DateTimeField(_("entered at"), null=True)
    suspended_because = models.TextField(_("reason for the suspension"), blank=True)
    lifted_because = models.TextField(_("reason for lifting the suspension"), blank=True)
    suspended_by_bureau = models.BooleanField(_("suspended by the bureau"), default=False)
    exit_because = models.TextField(_("reason for the exit"), blank=True)
    exit_began_at = models.DateTimeField(_("exit begun at"), null=True)
    settlement = models.TextField(_("settlement"), blank=True)
    deletion = models.TextField(_("deletion of the data left on the platform"), blank=True)
    exited_at = models.DateTimeField(_("exited at"), null=True)

    objects = PartnershipQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def title(self) -> str:
        """The partner."""
        return self.organisation.name

    @classmethod
    def scope(cls, actor: Actor) -> Q:
        """A partner its own; its operator and the bureau those handed in; supervising bodies those that entered."""
        handed_in, seen = Q(submitted_at__isnull=False), Q(pk__in=[])
        if actor.has(Role.PARTNER):
            seen |= Q(organisation=actor.organisation)
        if actor.has(Role.OPERATOR):
            seen |= handed_in & Q(operator=actor.organisation)
        if actor.has(Role.BUREAU, Role.BUREAU_LEAD):
            seen |= handed_in
        if actor.has(Role.REGULATOR):
            seen |= Q(entered_at__isnull=False)
        return seen

    @classmethod
    def search(cls, text: str) -> Q:
        """By the name of the partner or of the operator."""
        named = Organisation.objects.filter(name__icontains=text)
        return Q(organisation__in=named) | Q(operator__in=named)

    def file_tags(self) -> frozenset[str]:
        """On exit, the proof of deletion."""
        return frozenset({sheets.PROOF}) if self.state == "exit" else frozenset()

    def own_files(self):
        """The partner's own attachments."""
        return Attachment.objects.of(self).filter(withdrawn_at=None, organisation=self.organisation_id).order_by("pk")

    def deletion_proofs(self):
        """The files that prove the deletion of data."""
        return Attachment.objects.of(self).filter(withdrawn_at=None, tag=sheets.PROOF).order_by("pk")

    def operator_is_bound(self, on: date) -> bool:
        """Whether the operator has an operating agreement in force on that day."""
        return OperatingAgreement.objects.in_force(on=on).filter(organisation=self.operator_id).exists()

    def others_open(self):
        """Other cases of the same partner with the same operator that have not ended."""
        same = type(self)._base_manager.filter(organisation=self.organisation_id, operator=self.operator_id)
        return same.exclude(state__in=ENDED).exclude(pk=self.pk)

    def lacking(self) -> list[str]:
        """What is still missing before the application can be handed in."""
        names = sheets.labels()
        missing = [str(names[name]) for name in sheets.PARTICULARS if not getattr(self, name).strip()]
        return missing if self.own_files().exists() else [*missing, str(names[sheets.FILES])]

    def service_agreement(self, on: date):
        """The platform service agreement that both sides have signed and whose term has not ended, if there is one."""
        return self.agreements.filter(state="effective", ends_on__gte=on).order_by("starts_on").first()

    def service_agreed(self, on: date) -> bool:
        """Whether there is one."""
        return self.service_agreement(on) is not None

    def is_in_force(self, on: date | None = None) -> bool:
        """Whether the partner's own standing lets it work on the platform on that day (today by default)."""
        return type(self).objects.in_force(on=on or timezone.localdate()).filter(pk=self.pk).exists()

    # --- what steps write --------------------------------------------------------------------------------------

    def hand_in(self, on: datetime) -> dict:
        """Fix what is handed in as the next round."""
        self.round += 1
        content = self.submissions.model.fixed(sheets.snapshot(self))
        submission = self.submissions.create(round=self.round, submitted_at=on, **content)
        return {"round": self.round, "content": submission.digest}

    def name_defects(self, values: dict) -> None:
        """Keep every defect named.

        Raises:
            InvalidInput: where none is.
        """
        self.defects = sheets.defects_named(values)
        if not self.defects:
            first = next(iter(sheets.labels()))
            raise InvalidInput({f"{first}_defect": [_("Name at least one point that has to be corrected.")]})


class EntrySubmission(HandedIn):
    """What a partner handed in: each particular, and the attachments with their digests."""

    partnership = models.ForeignKey("operators.Partnership", models.PROTECT, related_name="submissions")

    class Meta(HandedIn.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["partnership", "round"], name="one_entry_submission_a_round")]

    def __str__(self) -> str:
        return f"{self.partnership_id} #{self.round}"
