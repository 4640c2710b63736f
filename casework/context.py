"""What the shell around every page needs: the menu, the counts, the word about the rules."""

from datetime import date

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from accounts.roles import ADMIN_ROLES, Role
from casework import queries
from casework.kinds import kinds
from casework.models.outbox import Notice
from regulation import rules
from regulation.rules import NoRulesInForce, RuleSet

ICONS = {
    "call": "megaphone", "operator-application": "file-text", "operating-agreement": "pen", "document": "journal-text",
    "data-use-agreement": "pen",
    "partner-rules": "card-checklist", "partner": "building", "platform-service-agreement": "arrow-left-right",
}  # fmt: skip

AT_GRANTS = (Role.BUREAU, Role.BUREAU_LEAD, Role.REGULATOR, Role.OPERATOR, Role.PARTNER, Role.DEPARTMENT)
"""Roles to whom a grant can be shown."""


def shell(request) -> dict:
    """Context for `base.html`. Nothing is read for somebody who is not signed in."""
    today = timezone.localdate()
    context = {"rules_in_force": SimpleLazyObject(lambda: _rules_in_force(today))}
    actor = getattr(request, "actor", None)
    if actor is None or not actor.is_authenticated or actor.organisation is None:
        return context
    waiting = queries.capped_count(queries.awaiting(actor))
    unread = queries.capped_count(Notice.objects.filter(person=actor.person, read_at=None))
    return context | {
        "menu": _menu(request, actor, _shown(waiting)),
        "waiting": _shown(waiting),
        # Who can bring about a successor is told; everybody else reads the dates in the footer.
        "rules_notice": _ending(today) if actor.has(Role.BUREAU, Role.BUREAU_LEAD, *ADMIN_ROLES) else "",
        "notices_unread": _shown(unread),
    }


def _shown(count: int) -> str:
    most = queries.SHOWN_AT_MOST - 1
    return f"{most}+" if count > most else str(count) if count else ""


def _menu(request, actor, waiting: str) -> list[dict]:
    items = [] if actor.has(*ADMIN_ROLES) else [_item(request, _("To do"), reverse("inbox"), "inbox", waiting)]
    items += [
        _item(
            request, model._meta.verbose_name_plural, reverse("cases", args=[model.plural]), ICONS.get(model.kind, "")
        )
        for model in kinds().values()
        if actor.has(*model.audience)
    ]
    if actor.has(*AT_GRANTS):
        items.append(_item(request, _("Grants"), reverse("grants"), "shield-check"))
    if actor.has(Role.BUREAU):
        items.append(_item(request, _("Pool of experts"), reverse("experts"), "people"))
    if actor.has(Role.EXPERT):
        items.append(_item(request, _("Conflicts of interest"), reverse("conflicts"), "shield"))
    if actor.has(*ADMIN_ROLES):
        items.append(_item(request, _("Administration"), reverse("admin:index"), "gear"))
    if actor.has(Role.AUDITADMIN):
        items.append(_item(request, _("Ledger"), reverse("ledger"), "journal"))
    items.append(_item(request, _("Rules and calendar"), reverse("rules"), "book"))
    return items


def _item(request, label: str, url: str, icon: str, count: str = "") -> dict:
    return {"label": label, "url": url, "icon": icon, "count": count, "active": request.path.startswith(url)}


def _rules_in_force(today: date) -> str:
    try:
        rule_set: RuleSet = rules.in_force(today)
    except NoRulesInForce as none:
        return str(none)
    facts = {"title": rule_set.title(), "begin": rule_set.in_force_from, "end": rule_set.in_force_until}
    return _("%(title)s, %(begin)s to %(end)s") % facts


def _ending(today: date) -> str:
    rule_set = rules.ends_soon(today)
    if rule_set is None:
        return ""
    facts = {"title": rule_set.title(), "end": rule_set.in_force_until}
    return (
        _("%(title)s end on %(end)s and no successor has been loaded. New cases can't be begun after that day.") % facts
    )
