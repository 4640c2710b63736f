"""Rules, guides and standards that the bureau publishes, with their versions and dates of effect (Art. 5(2))."""

from datetime import date, datetime

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.actors import SYSTEM, Actor
from accounts.queries import bureau
from accounts.roles import Role
from casework.beginning import Start
from casework.inputs import Input
from casework.models.attachment import Attachment
from casework.models.case import Case, CaseQuerySet
from casework.refusals import InvalidInput
from casework.states import State, States, the_bureau, the_system
from casework.step import step
from operators.facts import documents as facts
from operators.guards import documents as guards
from operators.guards import rules_today

STATES = States.of(
    draft=State(label=_("Draft"), owner=the_bureau, task=_("Complete the document and publish it"), article="5(2)"),
    published=State(label=_("Published"), article="5(2)", tone="good"),
    superseded=State(label=_("Superseded"), article="5(2)", final=True),
    withdrawn=State(label=pgettext_lazy("document", "Withdrawn"), article="5(2)", final=True),
)  # fmt: skip
REASON = {"reason": Input(kind="longtext", label=_("Reason"), help=_("Shown on the public page."), max_length=2000)}


def _categories() -> list[tuple[str, str]]:
    return rules_today().options("document_kind")


def document_inputs(document: "Document | None" = None) -> dict[str, Input]:
    """What a document consists of; with what the draft already says."""

    def kept(name: str):
        return getattr(document, name) if document else None

    effect = _("Effect")
    return {
        "subject": Input(kind="text", label=_("Title"), max_length=200, initial=kept("subject")),
        "category": Input(
            kind="choice", label=_("Kind of document"), choices=_categories, initial=kept("category")
        ),
        "document_number": Input(
            kind="text", label=_("Document number"), max_length=80, required=False, initial=kept("document_number"),
            help=_("As on the official copy, where it has one."),
        ),
        "text": Input(
            kind="longtext", label=_("Text"), max_length=100000, required=False, initial=kept("text"),
            help=_("May stay empty where the document is attached as a file."),
        ),
        "effective_on": Input(
            kind="date", label=_("In effect from"), initial=kept("effective_on"), group=effect
        ),
        "ends_on": Input(
            kind="date", label=_("In effect until"), required=False, initial=kept("ends_on"), group=effect,
            help=_("The last day, where one is set."),
        ),
        "replaces": Input(
            kind="text", label=_("Number of the version it replaces"), max_length=40, required=False, group=effect,
            initial=document.replaces.number if document and document.replaces else None,
            help=_("Such as WJ-2026-0001. That version ends when this one takes effect."),
        ),
    }  # fmt: skip


class DocumentQuerySet(CaseQuerySet):
    """Reads of documents."""

    def public(self) -> "DocumentQuerySet":
        """What everybody sees: everything that was ever published."""
        return self.filter(published_at__isnull=False)

    def with_next(self) -> "DocumentQuerySet":
        """Each with `next_on`, the first day of the version that replaces it, for lists."""
        later = self.model._base_manager.filter(replaces=OuterRef("pk"), published_at__isnull=False)
        return self.annotate(next_on=Subquery(later.values("effective_on")[:1]))

    def in_force(self, *, on: date) -> "DocumentQuerySet":
        """Published documents in effect on that day, whatever a job has done yet."""
        return self.public().filter(
            Q(ends_on=None) | Q(ends_on__gte=on), ~Exists(self.model._successors(on)), effective_on__lte=on,
        ).filter(Q(withdrawn_on=None) | Q(withdrawn_on__gt=on))  # fmt: skip


class Document(Case):
    """One version of a document. Its organisation is the bureau."""

    kind = "document"
    plural = "documents"
    states = STATES
    audience = (
        Role.BUREAU, Role.BUREAU_LEAD, Role.DEPARTMENT, Role.OPERATOR, Role.PARTNER, Role.REGULATOR, Role.GOVERNMENT,
        Role.EXPERT, Role.ASSESSOR,
    )  # fmt: skip
    icon = "journal-text"
    menu_group = "reference"
    draft_step = "edit"

    subject = models.CharField(_("title"), max_length=200)
    category = models.CharField(_("kind of document"), max_length=40)
    document_number = models.CharField(_("document number"), max_length=80, blank=True)
    text = models.TextField(_("text"), blank=True)
    effective_on = models.DateField(_("in effect from"))
    ends_on = models.DateField(_("in effect until"), null=True)
    replaces = models.ForeignKey(
        "self", models.PROTECT, related_name="successors", null=True, verbose_name=_("version it replaces")
    )
    first = models.ForeignKey(
        "self", models.PROTECT, related_name="later_versions", null=True, verbose_name=_("first version")
    )
    published_at = models.DateTimeField(_("published at"), null=True)
    withdrawn_on = models.DateField(_("withdrawn on"), null=True)
    withdrawn_because = models.TextField(_("reason for the withdrawal"), blank=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        constraints = [
            STATES.known("document_known_state"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("effective_on")), name="document_effect_not_empty"
            ),
        ]

    @property
    def title(self) -> str:
        return self.subject

    @classmethod
    def scope(cls, actor: Actor) -> Q:
        """Staff of the bureau see drafts; everybody what was published (Art. 5(2))."""
        if actor.has(Role.BUREAU, Role.BUREAU_LEAD):
            return Q()
        return Q(published_at__isnull=False)

    @classmethod
    def search(cls, text: str) -> Q:
        """By the title or the document number."""
        return Q(subject__icontains=text) | Q(document_number__icontains=text)

    def facts(self, actor: Actor) -> dict:
        """What the reader's page shows (see `operators.facts.documents`)."""
        return facts.of_document(self, actor)

    # --- versions and effect -----------------------------------------------------------------------------------

    @classmethod
    def _successors(cls, on: date):
        """Published versions in effect that replace the one outside the query."""
        published = cls._base_manager.filter(published_at__isnull=False, effective_on__lte=on)
        return published.filter(replaces=OuterRef("pk"))

    def successor(self) -> "Document | None":
        """The published version that replaces this one, if there is one."""
        return self.successors.filter(published_at__isnull=False).first()

    def may_be_replaced_by(self, other: "Document") -> bool:
        """Whether a new version may take this one's place: it is published and no other has."""
        return self.state == "published" and self.successor() in (None, other)

    def versions(self):
        """Every published version of the document, the latest first."""
        root = self.first_id or self.pk
        return Document.objects.public().with_next().filter(Q(pk=root) | Q(first=root)).order_by("-effective_on", "-pk")

    def last_day(self) -> date | None:
        """The last day of effect: that set, the day before a later version's first, or before the withdrawal."""
        later = self.next_on if hasattr(self, "next_on") else getattr(self.successor(), "effective_on", None)
        ends = [
            self.ends_on,
            later and _day_before(later),
            self.withdrawn_on and _day_before(self.withdrawn_on),
        ]
        return min((day for day in ends if day), default=None)

    def is_in_force(self, on: date | None = None) -> bool:
        """Whether the document is in effect on that day (today by default)."""
        return Document.objects.in_force(on=on or timezone.localdate()).filter(pk=self.pk).exists()

    @property
    def effect(self) -> str:
        """Where the document stands today, in words for the public: derived, whatever a job has done yet."""
        if self.state == "withdrawn":
            return self.get_state_display()
        today, last = timezone.localdate(), self.last_day()
        if last is not None and last < today:
            return gettext("No longer in effect")
        return gettext("In effect") if self.effective_on <= today else gettext("Not yet in effect")

    @property
    def effect_tone(self) -> str:
        """The tone of that."""
        return {gettext("In effect"): "good", gettext("Not yet in effect"): "info"}.get(self.effect, "neutral")

    def category_label(self) -> str:
        """The kind of document in words, by the document's own rule set."""
        return dict(self.rules.options("document_kind")).get(self.category, self.category)

    def files(self):
        """The attachments, in the order in which they came."""
        return Attachment.objects.of(self).filter(withdrawn_at=None).order_by("pk")

    # --- steps -------------------------------------------------------------------------------------------------

    def _take(self, values: dict, by: Actor) -> None:
        values = dict(values)
        if values["ends_on"] and values["ends_on"] < values["effective_on"]:
            raise InvalidInput({"ends_on": [_("The last day lies before the first.")]}, article="5(2)")
        number = values.pop("replaces")
        self.replaces = self._version(number, by) if number else None
        self.first_id = (self.replaces.first_id or self.replaces.pk) if self.replaces else None
        for name, value in values.items():
            setattr(self, name, value)

    def _version(self, number: str, by: Actor) -> "Document":
        found = Document.objects.visible_to(by).public().filter(number=number).exclude(pk=self.pk).first()
        if found is None:
            raise InvalidInput({"replaces": [_("No document with this number has been published.")]}, article="5(2)")
        return found

    @staticmethod
    def _build(*, by: Actor, on: datetime, **values) -> "Document":
        document = Document(organisation=bureau(), state=STATES.initial)
        document._take(values, by)
        return document

    start = Start(
        label=_("Prepare a document"), article="5(2)", by=(the_bureau,), asks=lambda actor: document_inputs(),
        build=_build, explain=_("Nothing is public before you publish it. Files are attached to the draft."),
    )  # fmt: skip

    @step(
        label=_("Change the document"), article="5(2)", source="draft", by=[the_bureau], inputs=document_inputs,
        tone="secondary",
    )  # fmt: skip
    def edit(self, *, by, on, **values):
        self._take(values, by)

    @step(
        label=_("Publish the document"), article="5(2)", source="draft", target="published", by=[the_bureau],
        guards=[guards.document_has_content, guards.replaces_latest],
        explain=_("The document appears on the public page at once, with the day from which it is in effect."),
    )  # fmt: skip
    def publish(self, *, by, on):
        self.published_at = on
        # A version that takes effect later leaves the one before it in place; a job supersedes it on that day.
        if self.replaces and self.effective_on <= timezone.localdate(on):
            self.replaces.supersede(by=SYSTEM, on=on)

    @step(
        label=_("Supersede"), article="5(2)", source="published", target="superseded", by=[the_system],
    )  # fmt: skip
    def supersede(self, *, by, on):
        """A later version has taken effect."""

    @step(
        label=_("Withdraw the document"), article="5(2)", source=["draft", "published"], target="withdrawn",
        by=[the_bureau], tone="danger", inputs=REASON,
        explain=_("A published document stays on the public page, marked as withdrawn."),
    )  # fmt: skip
    def withdraw(self, *, by, on, reason):
        self.withdrawn_on, self.withdrawn_because = timezone.localdate(on), reason


def _day_before(day: date) -> date:
    return date.fromordinal(day.toordinal() - 1)
