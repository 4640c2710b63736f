"""What the page of a case shows, and to whom. What is not the reader's to see is not in the result at all."""

from django.db.models import Avg, Q

from accounts.actors import Actor
from accounts.roles import Role
from operators import sheets

STAFF = (Role.BUREAU, Role.BUREAU_LEAD)
AUTHORITIES = (*STAFF, Role.REGULATOR, Role.GOVERNMENT)


def of_call(call, actor: Actor) -> dict:
    """A call; to staff with its applications and the mean of their scores."""
    return {
        "expertise": dict(call.rules.options("expertise")).get(call.expertise, call.expertise),
        "consulted": call.consulted.order_by("name"),
        "applications": _applications(call, actor) if actor.has(*STAFF) else None,
        "can_apply": actor.has(Role.OPERATOR) and call.window_is_open,
    }


def _applications(call, actor: Actor):
    """A mean stays empty while the panel is still scoring: blind means blind to staff, too."""
    mean = Avg("seats__score__total", filter=Q(seats__given_up_at=None) & ~Q(state="panel_review"))
    found = call.applications.visible_to(actor).select_related("organisation").order_by("number")
    return found.annotate(mean=mean)


def of_application(application, actor: Actor) -> dict:
    """An application: to its applicant without the inner work, to an expert without anybody's score (Art. 5(4))."""
    own = actor.has(Role.OPERATOR) and application.organisation_id == actor.organisation.pk
    changed = _changed(application)
    facts = {
        "entity": entity_rows(application, changed),
        "points": point_rows(application, judged=actor.has(*AUTHORITIES), changed=changed),
        "in_preparation": own and application.state in {"draft", "correction"},
        "lacking": application.lacking() if own and application.state in {"draft", "correction"} else [],
        # The applicant learns of defects with the notice, not while the bureau is still judging.
        "defects": application.defects()
        if actor.has(*AUTHORITIES) or application.state in {"correction", "refused"}
        else [],
        "may_bind": actor.has(Role.BUREAU) and application.state == "approved",
        "seats": None,
        "opinions": None,
    }
    if actor.has(*AUTHORITIES):
        scored = application.state not in {"panel_selection", "panel_review"}
        facts |= {
            "seats": _seats(application),
            "scores_shown": scored,
            "mean": application.mean_score() if scored else None,
            "opinions": application.opinions.select_related("organisation").order_by("given_at"),
        }
    return facts


def entity_rows(application, changed: set[str] = frozenset()) -> list[dict]:
    """The applicant's name, code and particulars as label and value, marked where they changed."""
    labels = {name: asked.label for name, asked in sheets.entity(None).items()}
    rows = [{"label": labels[name], "value": getattr(application, name), "changed": name in changed} for name in labels]
    organisation = application.organisation
    return [
        {"label": sheets.NAME, "value": organisation.name},
        {"label": sheets.CODE, "value": organisation.uscc},
        *rows,
    ]


def point_rows(application, *, judged: bool, changed: set[str] = frozenset()) -> list[dict]:
    """Each point with statement, evidence and, where the reader may see it, the judgement."""
    statements = dict(application.answers.values_list("point", "statement"))
    files: dict[str, list] = {}
    for file in application.evidence().order_by("pk"):
        files.setdefault(file.tag, []).append(file)
    judgements = {one.point: one for one in application.judgements.filter(round=application.round)} if judged else {}
    return [
        {
            "point": point,
            "statement": statements.get(point.code, ""),
            "files": files.get(point.code, []),
            "judgement": judgements.get(point.code),
            "changed": point.code in changed,
        }
        for point in application.points()
    ]


def _changed(application) -> set[str]:
    last = list(application.submissions.order_by("-round")[:2])
    return last[0].changes_since(last[1]) if len(last) == 2 else set()


def _seats(application):
    return application.seats.select_related("expert__person", "expert__employer", "score").annotate(
        has_scored=Q(score__isnull=False)
    )


def of_agreement(agreement, actor: Actor) -> dict:
    """An agreement with its parts in the order of the measures and every signature, void ones marked."""
    return {
        "parts": agreement.parts_shown(),
        "signatures": agreement.signatures.select_related("organisation", "person"),
        "application_seen": actor.has(*STAFF, Role.OPERATOR),
    }
