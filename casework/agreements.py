"""Agreements: required parts, one text fixed as a PDF, signed by every side over its digest in any order.

A kind of agreement names its list of parts in the rule set, its paper and its sides, and declares its own steps with
their articles; what the steps do to the text and to the signatures is written here once.
"""

from collections.abc import Sequence
from datetime import date, datetime

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Organisation
from casework import papers
from casework.guards import guard
from casework.inputs import Input
from casework.models.case import Case, CaseQuerySet
from casework.models.paper import Paper
from casework.refusals import InvalidInput
from casework.states import Owner
from regulation.rules import Part


class AgreementQuerySet(CaseQuerySet):
    """Reads of agreements."""

    def in_force(self, *, on: date) -> "AgreementQuerySet":
        """Agreements that bind on that day: effective and inside their term."""
        return self.filter(state="effective", starts_on__lte=on, ends_on__gte=on)


class Agreement(Case):
    """A text with required parts and a term, signed by several sides. A new edition voids earlier signatures."""

    parts_list: str
    """The list of required parts in the rule set."""
    paper: str
    """The kind of paper the text is printed as."""
    ends_from: tuple[str, ...] = ("effective",)
    """The states from which an agreement expires with its term."""

    starts_on = models.DateField(_("begins on"))
    ends_on = models.DateField(_("ends on"))
    parts = models.JSONField(_("required parts"), default=dict)
    edition = models.PositiveSmallIntegerField(_("edition of the text"), default=0)
    text = models.ForeignKey(Paper, models.PROTECT, related_name="+", null=True, verbose_name=_("text for signature"))
    effective_at = models.DateTimeField(_("in force since"), null=True)
    cancelled_because = models.TextField(_("reason for the cancellation"), blank=True)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def title(self) -> str:
        """The organisation that the agreement is with."""
        return self.organisation.name

    def required_parts(self) -> tuple[Part, ...]:
        """The required parts, from the rule set of the agreement."""
        return self.rules.parts(self.parts_list)

    def sides(self) -> set[int]:
        """The keys of the organisations that must sign."""
        raise TypeError(f"{type(self).__name__} must define sides")

    def warned(self) -> list[Owner]:
        """Who is told that the agreement ends soon."""
        raise TypeError(f"{type(self).__name__} must define warned")

    def letter(self) -> dict:
        """What the text for signature says, as plain data for the paper's template."""
        raise TypeError(f"{type(self).__name__} must define letter")

    @property
    def text_digest(self) -> str:
        """SHA-256 of the exact PDF bytes that all sides sign; empty until the text is made."""
        return self.text.sha256 if self.text_id else ""

    def valid_signatures(self):
        """The signatures over the present text; a new edition voids the earlier ones."""
        return self.signatures.filter(edition=self.edition, digest=self.text_digest)

    def parts_shown(self) -> list[tuple[Part, str]]:
        """Each required part with what the text says, in the order of the measures."""
        return [(part, self.parts.get(part.code, "")) for part in self.required_parts()]

    def is_in_force(self, on: date | None = None) -> bool:
        """Whether the agreement binds on that day (today by default)."""
        day = on or timezone.localdate()
        return self.state == "effective" and self.starts_on <= day <= self.ends_on

    # --- what steps do ---------------------------------------------------------------------------------------

    def print_text(self, *, by: Actor, on: datetime) -> dict:
        """Fix the text as the next edition, printed once."""
        self.edition += 1
        self.text = papers.issue(self, self.paper, by=by, at=on, context=self.letter())
        return {"edition": self.edition, "text": self.text.sha256}

    def voided_by_change(self, reason: str) -> dict:
        """What the ledger keeps when the text is taken back: whose signatures become void."""
        return {"reason": reason, "voided": list(self.valid_signatures().values_list("organisation_id", flat=True))}

    def put_signature(self, *, by: Actor, on: datetime, digest: str) -> dict:
        """Sign the present text for the actor's organisation.

        Raises:
            InvalidInput: where the digest is not that of the present text.
        """
        if digest != self.text_digest:
            raise InvalidInput({"digest": [_("The text has changed since you read it. Read it again before signing.")]})
        self.signatures.create(
            organisation=by.organisation, person=by.person, edition=self.edition, digest=digest, signed_at=on
        )
        return {"text": digest}


class SideSignature(models.Model):
    """One side's signature over the digest of one edition. A kind of agreement adds the agreement it belongs to."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    edition = models.PositiveSmallIntegerField(_("edition of the text"))
    digest = models.CharField(_("digest of the text"), max_length=64)
    signed_at = models.DateTimeField(_("signed at"))

    class Meta:
        abstract = True
        ordering = ["signed_at"]

    def __str__(self) -> str:
        return f"{self.agreement_id} {self.organisation}"


# --- what the steps ask for ----------------------------------------------------------------------------------


def part_inputs(agreement: Agreement) -> dict[str, Input]:
    """Each required part, with what the draft says."""
    return {
        part.code: Input(
            kind="longtext", label=part.title, max_length=20000, later=True, group=_("Required parts"),
            initial=agreement.parts.get(part.code, ""),
        )
        for part in agreement.required_parts()
    }  # fmt: skip


def signature_inputs(agreement: Agreement) -> dict[str, Input]:
    """The digest of the text that was read, and the declaration of will."""
    return {
        "digest": Input(
            kind="hidden", label=_("Digest of the text"), max_length=64, initial=agreement.text_digest
        ),
        "agreed": Input(kind="confirm", label=_("I have read this text and sign it for my organisation.")),
    }  # fmt: skip


def same_text(text: str, other: str) -> bool:
    """Whether two texts differ at most in white space, which browsers change."""
    return text.split() == other.split()


# --- conditions, each under the article of the step it guards -------------------------------------------------


@guard("", otherwise=_("A required part of the agreement is empty."))
def parts_complete(agreement) -> Sequence[str]:
    """Every required part says something."""
    return [part.title for part, text in agreement.parts_shown() if not text.strip()]


@guard("", otherwise=_("The term must end after it begins."))
def term_not_empty(agreement) -> bool:
    """The last day lies behind the first."""
    return agreement.starts_on < agreement.ends_on


@guard("", otherwise=_("The text for signature is still being made."), remedy=_("Try again in a minute."))
def text_fixed(agreement) -> bool:
    """There is a printed text with a digest."""
    return agreement.text_digest != ""


@guard("", otherwise=_("Your side has signed already."))
def side_not_signed(agreement, *, by: Actor) -> bool:
    """The actor's organisation has not signed the present text."""
    return by.organisation is None or not agreement.valid_signatures().filter(organisation=by.organisation).exists()


@guard("", otherwise=_("Every side must have signed the same text."))
def signed_by_every_side(agreement) -> bool:
    """Each side has signed the present text."""
    return {signature.organisation_id for signature in agreement.valid_signatures()} == agreement.sides()


@guard(
    "",
    otherwise=_("The term written in the text has ended already."),
    remedy=_("Take the text back and set a new term."),
)
def term_not_over(agreement, *, on: datetime) -> bool:
    """The last day has not ended."""
    return timezone.localdate(on) <= agreement.ends_on


@guard("", otherwise=_("The term of the agreement has not ended."))
def term_over(agreement, *, on: datetime) -> bool:
    """The last day has ended."""
    return timezone.localdate(on) > agreement.ends_on
