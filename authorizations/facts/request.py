"""What the page of a request for authorization shows, and to whom."""

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.roles import Role
from authorizations.sheets.request import TEXT, words

IN_PREPARATION = ("draft", "preliminary_correction", "correction")
ENDED = ("authorised", "authorised_in_part", "refused", "withdrawn")
STAGES = {
    "preliminary_review": _("Preliminary review"),
    "assessment": _("Assessment"),
    "coordination": _("The city's answer"),
}
OUTCOMES = {
    "passed": (_("passed"), "good"), "agreed": (_("agreed"), "good"), "refused": (_("refused"), "bad"),
    "returned": (_("returned for correction"), "warn"),
}  # fmt: skip


def of_request(request, actor: Actor) -> dict:
    """A request; to a department with its own resources only."""
    prefetch_related_objects([request], "items__resource", "items__version", "items__department")
    own = actor.organisation is not None and request.organisation_id == actor.organisation.pk
    preparing = own and request.state in IN_PREPARATION
    notes = [_note(note) for note in request.notes.select_related("by", "organisation")]
    agreements = list(request.agreements.visible_to(actor).order_by("-id"))
    may_draw = actor.has(Role.BUREAU) and request.state in ENDED[:2]
    return {
        "items": request.items_shown(actor),
        "rows": text_rows(request, live=preparing or request.round == 0, whole=not actor.has(Role.DEPARTMENT)),
        "notes": notes,
        "in_preparation": preparing,
        "lacking": request.lacking() if preparing else [],
        "defects": defects(request) if request.state in IN_PREPARATION else [],
        "may_copy": own and request.state in ENDED,
        "agreements": agreements,
        "may_draw_up": may_draw and not any(one.state != "cancelled" for one in agreements),
    }


def defects(request) -> list[str]:
    """What the last return for correction named, line by line; nothing for a draft that was never handed in."""
    if request.state not in IN_PREPARATION[1:]:
        return []
    last = request.notes.filter(outcome="returned").order_by("-pk").first()
    return [line.strip() for line in last.text.splitlines() if line.strip()] if last else []


def _note(note) -> dict:
    label, tone = OUTCOMES.get(note.outcome, (note.outcome, "neutral"))
    return {
        "stage": STAGES.get(note.stage, note.stage), "outcome": label, "tone": tone, "text": note.text,
        "by": note.by.name, "organisation": note.organisation.name, "at": note.at,
    }  # fmt: skip


def text_rows(request, *, live: bool, whole: bool = True) -> list[dict]:
    """The text of a request as label and value, what changed since the round before marked, with what it was.

    Args:
        request: the request.
        live: what the applicant is writing now; else what was handed in last, which a correction under way leaves be.
        whole: with the lists of resources and files as they changed; a department is not told of those of others.
    """
    rounds = [one.content for one in request.submissions.order_by("-round")[:2]]
    shown = words(request) if live or not rounds else rounds[0]
    before = (rounds[0] if live else rounds[1] if len(rounds) > 1 else None) if rounds else None
    modes = dict(request.rules.options("mode_of_use"))
    rows = []
    for name in ("scenario", *TEXT):
        value, earlier = (_words(name, one.get(name), modes) if one else "" for one in (shown, before))
        changed = before is not None and value != earlier
        label = request._meta.get_field(name).verbose_name
        rows.append({"name": name, "label": label, "value": value, "changed": changed, "earlier": earlier})
    if whole and not live and before is not None:
        rows += _lists_changed(shown, before)
    return rows


def _words(name: str, value, modes: dict) -> str:
    return modes.get(value, value or "") if name == "mode_of_use" else str(value or "")


def _lists_changed(shown: dict, before: dict) -> list[dict]:
    """Resources and files, where they are not the same as in the round before."""
    labels = {"resources": _("Resources"), "files": _("Attachments")}

    def lines(value: list[dict]) -> str:
        version = gettext("%(code)s, version %(version)s")
        return "\n".join(one["name"] if "name" in one else version % one for one in value)

    return [
        {"name": name, "label": label, "value": lines(shown[name]), "changed": True, "earlier": lines(before[name])}
        for name, label in labels.items()
        if shown[name] != before[name]
    ]
