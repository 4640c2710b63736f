"""What the pages of Art. 17 and 19(2) show, and to whom."""

from django.utils import timezone

from accounts.actors import Actor
from accounts.roles import Role
from casework import attachments
from operators.sheets import partners as sheets


def of_rules(rules, actor: Actor) -> dict:
    """An edition of the rules with its parts, and whether it is the one in effect."""
    return {
        "parts": rules.parts_shown(),
        "in_effect": rules.is_in_force(timezone.localdate()),
        "can_apply": actor.has(Role.PARTNER) and rules.state == "published",
    }


def of_partnership(partnership, actor: Actor) -> dict:
    """A partner's particulars, what is to be corrected, its agreements as the reader may see them, filings and exit."""
    own = actor.has(Role.OPERATOR) and actor.organisation.pk == partnership.operator_id
    changed = _changed(partnership)
    return {
        "rows": particular_rows(partnership, changed),
        "files_changed": sheets.FILES in changed,
        "defects": [(sheets.labels()[name], text) for name, text in partnership.defects.items()]
        if partnership.state in {"review", "correction", "refused"}
        else [],
        "lacking": partnership.lacking() if partnership.state in {"draft", "correction"} else [],
        "agreements": partnership.agreements.visible_to(actor).order_by("starts_on", "pk"),
        "may_agree": own and partnership.state in {"agreement", "active", "suspended"},
        "proofs": partnership.deletion_proofs(),
        "may_attach": attachments.may_attach(partnership, actor),
        "attach_tag": sheets.PROOF if partnership.state == "exit" else "",
    }


def particular_rows(partnership, changed: set[str] = frozenset()) -> list[dict]:
    """The partner's name, code and particulars as label and value, marked where they changed."""
    names = sheets.labels()
    return [
        {"label": names[name], "value": getattr(partnership, name), "changed": name in changed}
        for name in sheets.PARTICULARS
    ]


def _changed(partnership) -> set[str]:
    last = list(partnership.submissions.order_by("-round")[:2])
    return last[0].changes_since(last[1]) if len(last) == 2 else set()


def of_service_agreement(agreement, actor: Actor) -> dict:
    """A platform service agreement with its parts and every signature, void ones marked."""
    return {
        "parts": agreement.parts_shown(),
        "signatures": agreement.signatures.select_related("organisation", "person"),
    }
