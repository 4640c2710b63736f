"""The side menu: sections in order, the lists of every kind of case, and the pages of their own.

A kind of case says in its class where it stands (`menu_group`, a key of `SECTIONS`), its `icon` and its `audience`.
A page that is no list of a kind is entered in `PAGES`, with the roles that see it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.actors import Actor
from accounts.roles import ADMIN_ROLES, Role
from casework.kinds import kinds
from casework.menu import Item, Section

WORKING = frozenset(Role) - ADMIN_ROLES
SECTIONS = {
    "to_do": "",
    "catalogue": _("Catalogue and requests"),
    "partners": _("Partners"),
    "selection": _("Selection of operators"),
    "cases": _("Cases"),
    "reference": _("Reference"),
    "administration": _("Administration"),
}


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page of the menu: under which heading, its name in the addresses, who sees it.

    `first` puts it in front of the lists of its section.
    """

    section: str
    label: str
    name: str
    icon: str
    roles: frozenset[Role] = frozenset(Role)
    counts: str = ""
    first: bool = False


_SEE_QUALITY = frozenset({Role.BUREAU, Role.BUREAU_LEAD, Role.DEPARTMENT})
_SEE_CALLS = _SEE_QUALITY | {Role.OPERATOR, Role.PARTNER, Role.REGULATOR}
_FOR_USERS = frozenset({Role.OPERATOR, Role.PARTNER})
_FOR_BUREAU, _FOR_EXPERTS, _FOR_AUDIT = (frozenset({role}) for role in (Role.BUREAU, Role.EXPERT, Role.AUDITADMIN))
PAGES = (
    Page(section="to_do", label=_("To do"), name="inbox", icon="inbox", roles=WORKING, counts="waiting"),
    Page(
        section="catalogue",
        label=_("Catalogue"),
        name="catalogue",
        icon="search",
        first=True,
        roles=frozenset(WORKING - {Role.EXPERT, Role.ASSESSOR, Role.DATA_SUBJECT}),
    ),
    Page(
        section="catalogue",
        label=_("Our department"),
        name="department",
        icon="building",
        roles=frozenset({Role.DEPARTMENT}),
    ),
    Page(
        section="catalogue",
        label=pgettext_lazy("of resources", "Basket"),
        name="basket",
        icon="basket",
        roles=_FOR_USERS,
    ),
    Page(section="catalogue", label=_("Grants"), name="grants", icon="shield-check", roles=_SEE_CALLS),
    Page(section="catalogue", label=_("Calls by month"), name="usage", icon="graph-up", roles=_SEE_CALLS),
    Page(section="catalogue", label=_("Quality by department"), name="quality", icon="award", roles=_SEE_QUALITY),
    Page(section="selection", label=_("Pool of experts"), name="experts", icon="people", roles=_FOR_BUREAU),
    Page(section="selection", label=_("Conflicts of interest"), name="conflicts", icon="shield", roles=_FOR_EXPERTS),
    Page(section="reference", label=_("Rules and calendar"), name="rules", icon="book"),
    Page(section="administration", label=_("Administration"), name="admin:index", icon="gear", roles=ADMIN_ROLES),
    Page(section="administration", label=_("Ledger"), name="ledger", icon="journal", roles=_FOR_AUDIT),
)


def sections(actor: Actor) -> list[Section]:
    """The menu of somebody who is signed in and acts for an organisation."""
    return [Section(heading=heading, items=tuple(_items(key, actor))) for key, heading in SECTIONS.items()]


def _items(section: str, actor: Actor) -> Iterator[Item]:
    pages = [page for page in PAGES if page.section == section and actor.has(*page.roles)]
    yield from (_page(page) for page in pages if page.first)
    for model in kinds().values():
        if model.menu_group == section and actor.has(*model.audience):
            address = reverse("cases", args=[model.plural])
            yield Item(label=capfirst(model._meta.verbose_name_plural), url=address, icon=model.icon)
    yield from (_page(page) for page in pages if not page.first)


def _page(page: Page) -> Item:
    return Item(label=page.label, url=reverse(page.name), icon=page.icon, counts=page.counts)
