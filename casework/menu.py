"""What the side menu is made of. Which sections and pages there are is told by the portal (`settings.MENU`)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from django.conf import settings
from django.utils.module_loading import import_string

from accounts.actors import Actor


@dataclass(frozen=True, kw_only=True)
class Item:
    """One line: where it leads and how it looks. `counts` names the number shown behind it (`waiting`)."""

    label: str
    url: str
    icon: str
    counts: str = ""
    count: str = ""
    active: bool = False


@dataclass(frozen=True, kw_only=True)
class Section:
    """Items under a heading; the first section usually has none."""

    heading: str
    items: tuple[Item, ...]


def menu_for(actor: Actor, path: str, counts: Mapping[str, str]) -> list[Section]:
    """The sections that have something for this actor, with the item marked under which the page at `path` stands."""
    compose: Callable[[Actor], Iterable[Section]] = import_string(settings.MENU)
    sections = [section for section in compose(actor) if section.items]
    here = _deepest((item.url for section in sections for item in section.items), path)
    return [
        replace(
            section,
            items=tuple(
                replace(item, count=counts.get(item.counts, ""), active=item.url == here) for item in section.items
            ),
        )
        for section in sections
    ]


def _deepest(addresses: Iterable[str], path: str) -> str | None:
    """Of the addresses that the page lies under, the longest."""
    return max((address for address in addresses if path.startswith(address)), key=len, default=None)
