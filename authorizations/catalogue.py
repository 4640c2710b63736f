"""Reading the catalogue: words and facets as they stand in the address, one page from behind a key (Art. 5(1))."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Count, Q
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Organisation
from accounts.roles import Role
from authorizations.models import BasketItem, DataResource, ResourceVersion
from authorizations.parties import USER_ROLES
from authorizations.sheets.searching import LONGEST, words_of
from authorizations.sheets.wording import LABELS, in_words, labels
from casework import keys
from casework.kinds import kinds
from casework.models.task import Task
from casework.queries import capped_count

PAGE = 30
YES_NO = {"yes": True, "no": False}


@dataclass(frozen=True)
class Facet:
    """One thing the catalogue is narrowed by: its name in the address, its column, what it is called."""

    name: str
    column: str
    label: str
    options: str = ""
    """The option list its values come from; empty for departments and for yes and no."""


FACETS = (
    Facet("theme", "listed_version__theme", LABELS["theme"], "theme"),
    Facet("department", "organisation_id", _("Department")),
    Facet("openness", "listed_version__openness", LABELS["openness"], "openness"),
    Facet("grade", "listed_version__grade", LABELS["grade"], "grade"),
    Facet("level", "listed_version__level", LABELS["level"], "level"),
    Facet("resource_format", "listed_version__resource_format", LABELS["resource_format"], "resource_format"),
    Facet("update_cycle", "listed_version__update_cycle", LABELS["update_cycle"], "update_cycle"),
    Facet("personal", "listed_version__personal_information", LABELS["personal_information"]),
)


def matching(text: str) -> Q:
    """The condition on resources that every word typed is found in the version listed."""
    found = Q(listed_version__isnull=False)
    for word in words_of(text):
        found &= Q(listed_version__searched__contains=word)
    return found


def chosen_in(asked: Mapping[str, str]) -> dict[str, object]:
    """The facets chosen, by name, as their columns hold them. What makes no sense is ignored."""
    found = {}
    words = labels()
    for facet in FACETS:
        value = asked.get(facet.name, "")
        if facet.options:
            if value in words[facet.options]:
                found[facet.name] = value
        elif facet.name == "department":
            if (key := keys.number(value)) is not None:
                found[facet.name] = key
        elif value in YES_NO:
            found[facet.name] = YES_NO[value]
    return found


def narrowed(resources, chosen: Mapping[str, object]):
    """Resources narrowed by the facets chosen."""
    return resources.filter(**{facet.column: chosen[facet.name] for facet in FACETS if facet.name in chosen})


@dataclass(frozen=True)
class Choice:
    """One value of a facet: how many entries it would leave, and the address that chooses it or lets it go."""

    label: str
    count: int
    query: str
    active: bool


@dataclass(frozen=True)
class FacetShown:
    """A facet with the values that occur."""

    label: str
    choices: list[Choice]

    @property
    def is_active(self) -> bool:
        """Whether one of its values is chosen."""
        return any(choice.active for choice in self.choices)


@dataclass(frozen=True)
class Row:
    """One entry of the list, in words."""

    resource: DataResource
    version: ResourceVersion
    words: Mapping[str, str]
    in_basket: bool


@dataclass
class Catalogue:
    """One page of the catalogue, the latest listed first, with the facets that narrow it further."""

    text: str
    chosen: dict[str, object]
    rows: list[Row] = field(default_factory=list)
    facets: list[FacetShown] = field(default_factory=list)
    total: int = 0
    next: str = ""

    @classmethod
    def read(cls, actor: Actor, asked: Mapping[str, str], *, size: int = PAGE, facets: bool = True) -> "Catalogue":
        """Read the page behind the key in `after`. All counts come from one query, grouped by every facet at once."""
        page = cls(text=asked.get("q", "").strip()[:LONGEST], chosen=chosen_in(asked))
        found = listed_for(actor).filter(matching(page.text))
        rows = narrowed(found, page.chosen).select_related("organisation").order_by("-listed_version_id")
        if (after := keys.number(asked.get("after", ""))) is not None:
            rows = rows.filter(listed_version__lt=after)
        resources = list(rows[: size + 1])
        page.rows = rows_of(resources[:size], actor)
        page.next = str(resources[size - 1].listed_version_id) if len(resources) > size else ""
        if facets:
            page._count(found)
        return page

    def _count(self, found) -> None:
        columns = [facet.column for facet in FACETS]
        groups = list(found.order_by().values_list(*columns).annotate(count=Count("pk")))
        values = [(dict(zip((facet.name for facet in FACETS), group[:-1], strict=True)), group[-1]) for group in groups]
        self.total = sum(count for group, count in values if self._fits(group))
        self.facets = [self._facet(facet, values) for facet in FACETS]

    def _fits(self, group: Mapping[str, object], *, but: str = "") -> bool:
        return all(group[name] == value for name, value in self.chosen.items() if name != but)

    def _facet(self, facet: Facet, values: list[tuple[dict, int]]) -> FacetShown:
        counts: Counter = Counter()
        for group, count in values:
            if self._fits(group, but=facet.name):
                counts[group[facet.name]] += count
        if facet.name in self.chosen:
            counts.setdefault(self.chosen[facet.name], 0)
        return FacetShown(
            str(facet.label),
            [
                Choice(label, counts[value], self._toggled(facet.name, value), self.chosen.get(facet.name) == value)
                for value, label in _labelled(facet, counts)
            ],
        )

    def _toggled(self, name: str, value: object) -> str:
        chosen = dict(self.chosen)
        if chosen.get(name) == value:
            del chosen[name]
        else:
            chosen[name] = value
        return query_of(self.text, chosen)

    @property
    def query(self) -> str:
        """What is searched and chosen, as it stands in the address."""
        return query_of(self.text, self.chosen)

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """The facets chosen, for the hidden fields of the search form."""
        return [(name, _typed(value)) for name, value in self.chosen.items()]

    @property
    def is_narrowed(self) -> bool:
        """Whether the reader searched or chose something, so that an empty list says so."""
        return bool(self.text or self.chosen)


def _typed(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def query_of(text: str, chosen: Mapping[str, object]) -> str:
    """An address's query for words and facets."""
    words = {"q": text} if text else {}
    return urlencode(words | {name: _typed(value) for name, value in chosen.items()})


def _labelled(facet: Facet, counts: Mapping) -> list[tuple[object, str]]:
    """The values that occur with their labels, in the order of the option list or by name."""
    if facet.options:
        words = labels()[facet.options]
        known = [(code, label) for code, label in words.items() if code in counts]
        return known + [(code, str(code)) for code in counts if code and code not in words]
    if facet.name == "department":
        names = Organisation.objects.filter(pk__in=list(counts)).order_by("name").values_list("pk", "name")
        return list(names)
    return [(value, str(_("Yes") if value else _("No"))) for value in (True, False) if value in counts]


def listed_for(actor: Actor):
    """The entries that stand in the catalogue, for a reader of it; nothing for anybody else."""
    return DataResource.objects.filter(DataResource.scope(actor)).offered()


def rows_of(resources: Iterable[DataResource], actor: Actor) -> list[Row]:
    """Entries in words, with whether each is in the actor's basket."""
    resources, words = list(resources), labels()
    basket = in_basket(resources, actor)
    return [Row(one, one.listed_version, in_words(one.listed_version, words), one.pk in basket) for one in resources]


def may_choose(actor: Actor) -> bool:
    """Whether the actor has a basket: users of data do, with an access that may write."""
    return actor.has(*USER_ROLES) and not actor.read_only and actor.may_act_in("authorization-request")


def in_basket(resources: Iterable[DataResource], actor: Actor) -> set[int]:
    """The keys of those resources that are in the actor's basket."""
    if not may_choose(actor):
        return set()
    mine = BasketItem.objects.of(actor).filter(resource__in=[one.pk for one in resources])
    return set(mine.values_list("resource_id", flat=True))


def department_figures(actor: Actor) -> list[dict]:
    """A department at a glance: its resources by state, and the open tasks by kind of case (Art. 6(1))."""
    states = DataResource.states.by_name
    counted = dict(
        DataResource.objects.filter(organisation=actor.organisation).order_by().values_list("state")
        .annotate(count=Count("pk"))
    )  # fmt: skip
    return [
        {"label": str(state.label), "count": counted[name], "state": name, "tone": state.tone}
        for name, state in states.items()
        if name in counted
    ]


def department_tasks(actor: Actor) -> list[dict]:
    """The open tasks of a department by kind of case, each counted no further than one past the cap."""
    waiting = Task.objects.filter(organisation=actor.organisation, role=Role.DEPARTMENT, closed_at=None)
    found = []
    for kind in waiting.order_by().values_list("case_kind", flat=True).distinct():
        if kind in kinds():
            model = kinds()[kind]
            count = capped_count(waiting.filter(case_kind=kind))
            found.append({"label": str(model._meta.verbose_name_plural), "count": count, "plural": model.plural})
    return found
