"""What every kind of case has in common."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin

from accounts.actors import Actor
from accounts.models import Organisation
from accounts.roles import Role
from casework.states import State, States
from regulation import rules
from regulation.rules import RuleSet


class CaseQuerySet(models.QuerySet):
    """Reads of cases. Every lookup on behalf of a person starts from `visible_to`."""

    def visible_to(self, actor: Actor) -> "CaseQuerySet":
        """The cases that the actor may see; none for someone who is not signed in or acts as an administrator."""
        if actor.is_system:
            return self
        if not actor.is_authenticated:
            return self.none()
        return self.filter(self.model.scope(actor))


class Case(FSMModelMixin, models.Model):
    """A matter with a number and a state, moved by steps only (see `casework.step`).

    A kind of case gives `kind` (its slug, also in addresses), `states`, `start` (the declaration of how one begins)
    and `scope`, and declares its steps with `@step`.
    """

    kind: str
    plural: str
    """The kind's name in addresses of pages and API."""
    states: States
    audience: tuple[Role, ...]
    """Roles whose menu lists this kind; what they see in it is `scope`'s business."""
    icon = "file-text"
    """The kind's icon in the menu, a name in `static/icons/sprite.svg`."""
    menu_group = "cases"
    """The section of the menu that lists this kind (see `futian_portal.menu`)."""
    draft_step: str
    """The step that changes a draft, for the API's PATCH."""

    number = models.CharField(_("number"), max_length=40, unique=True, editable=False)
    state = FSMField(_("state"), max_length=40, protected=True, editable=False, db_index=True)
    state_since = models.DateTimeField(_("in this state since"), editable=False)
    rule_set = models.CharField(_("rule set"), max_length=40, editable=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", editable=False, verbose_name=_("organisation")
    )
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        editable=False,
        verbose_name=_("started by"),
    )
    started_at = models.DateTimeField(_("started at"), editable=False)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    last_entry = models.BigIntegerField(_("last ledger entry"), null=True, editable=False)

    objects = CaseQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def title(self) -> str:
        """What the case is called in lists: a sentence fragment, not a number."""
        raise TypeError(f"{type(self).__name__} must define title")

    @classmethod
    def scope(cls, actor: Actor) -> models.Q:
        """The condition that selects what the actor may see.

        It must give no row twice: what stands in other tables is asked by subquery, never by a join to many.
        """
        raise TypeError(f"{cls.__name__} must define scope")

    @property
    def rules(self) -> RuleSet:
        """The rules this case follows today: those it began under, unless a successor says otherwise (Art. 42)."""
        return rules.applicable(self.rule_set, timezone.localdate())

    @property
    def current(self) -> State:
        """The declaration of the state the case is in."""
        return self.states[self.state]

    @property
    def kind_label(self) -> str:
        """What a case of this kind is called."""
        return str(self._meta.verbose_name)

    @property
    def plural_label(self) -> str:
        """What cases of this kind are called."""
        return str(self._meta.verbose_name_plural)

    def get_state_display(self) -> str:
        """The label of the state in the reader's language."""
        return str(self.current.label)

    def begun(self, *, by: Actor, on: datetime) -> None:
        """What else follows, in the same transaction, when a case of this kind begins; nothing by default."""

    def hidden_steps(self, actor: Actor) -> frozenset[str]:
        """Names of steps that the reader's timeline leaves out; none by default."""
        return frozenset()

    def hidden_papers(self, actor: Actor) -> frozenset[str]:
        """Kinds of paper that the reader is not shown; none by default."""
        return frozenset()

    def turn_for(self, actor: Actor) -> str:
        """What the reader is told instead of the names of those whose turn it is; empty where they are named."""
        return ""

    def names_for(self, actor: Actor) -> dict[int, str]:
        """By key of an organisation, the name it goes by for this reader, people of it unnamed; none by default."""
        return {}

    def files_for(self, actor: Actor) -> models.Q:
        """The condition that selects the attachments this reader may see; all by default."""
        return models.Q()

    def file_tags(self) -> frozenset[str]:
        """The parts of the case, such as points of a checklist, to which a file can be added now; none by default."""
        return frozenset()

    def tags_open_to(self, actor: Actor) -> frozenset[str]:
        """The parts of the case to which this actor can add a file now, whoever's turn it is; none by default."""
        return frozenset()

    @classmethod
    def search(cls, text: str) -> models.Q:
        """The condition by which a list finds what was typed, beside the number."""
        # As a set of keys, so that the organisation's index finds the cases instead of a join reading all of them.
        return models.Q(organisation__in=Organisation.objects.filter(name__icontains=text))

    def facts(self, actor: Actor) -> dict:
        """What the case's page shows this reader beyond the common columns; the template is `<kind>/facts.html`."""
        return {}

    def refresh_from_db(self, using=None, fields=None, from_queryset=None):
        """Reload the row.

        django-fsm-2 switches the protection of the state off, for every thread, while it reloads. Here the protected
        value is taken out of this instance instead, so that the descriptor lets the fresh one in.
        """
        protected = [name for name in ("state",) if (fields is None or name in fields) and name in self.__dict__]
        kept = {name: self.__dict__.pop(name) for name in protected}
        try:
            models.Model.refresh_from_db(self, using=using, fields=fields, from_queryset=from_queryset)
        except BaseException:
            self.__dict__.update(kept)
            raise
