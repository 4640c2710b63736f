"""What the papers of chapter 4 say: the facts each template in `templates/papers/` prints, as plain data."""

from collections.abc import Iterable

from django.utils import timezone

from regulation import rules


def _head(request) -> dict:
    return {
        "addressee": request.organisation.name,
        "uscc": request.organisation.uscc or "",
        "number": request.number,
        "scenario": request.scenario.name if request.scenario_id else "",
    }


def _items(request) -> list[dict]:
    return [
        {
            "code": item.resource.code, "name": item.version.name, "version": item.version.round,
            "department": item.department.name, "decision": item.decision, "conditions": item.conditions,
            "reason": item.reason,
        }
        for item in request.items.select_related("resource", "version", "department")
    ]  # fmt: skip


def request_acknowledgment(request, submission) -> dict:
    """Receipt of a request or of its correction, with the resources asked for."""
    return _head(request) | {
        "round": submission.round,
        "received_at": timezone.localtime(submission.submitted_at).strftime("%Y-%m-%d %H:%M"),
        "digest": submission.digest,
        "items": _items(request),
    }


def request_correction(request, defects: str) -> dict:
    """Everything that has to be corrected, at once, and the last day to do so."""
    return _head(request) | {
        "defects": [line.strip() for line in defects.splitlines() if line.strip()],
        "correct_by": request.correct_by.isoformat(),
    }


def request_decision(request) -> dict:
    """What was decided on each resource, or why the request was refused before the departments were asked."""
    return _head(request) | {
        "refused_because": request.refused_because,
        "items": [] if request.refused_because else _items(request),
        "concluded_on": timezone.localtime(request.concluded_at).date().isoformat(),
    }


def objection_answer(objection, outcome: str) -> dict:
    """What was decided on an objection, why, and what follows."""
    return {
        "addressee": objection.organisation.name,
        "number": objection.number,
        "about": objection.about,
        "code": objection.resource.code,
        "name": objection.resource.title,
        "request_number": objection.request.number if objection.request_id else "",
        "submitted_on": timezone.localtime(objection.started_at).date().isoformat(),
        "outcome": outcome,
        "reasons": objection.reasons,
        "measure": objection.measure,
    }


def resource_lines(items: Iterable) -> str:
    """The data list of an agreement: a line a resource, with its conditions."""
    return "\n".join(
        f"{number}. {item.version.name}（编码 {item.resource.code}，第 {item.version.round} 版，"
        f"{item.department.name}）" + (f"，条件：{item.conditions}" if item.conditions else "")
        for number, item in enumerate(items, start=1)
    )


def data_use_agreement(agreement, bureau) -> dict:
    """The full text of a data use agreement: every side, the term and the required parts in order."""
    departments = {item.department for item in agreement.covered()}
    sides = [bureau, *sorted(departments, key=lambda one: one.pk), agreement.organisation]
    parts = [{"title": str(part.label.zh), "text": text} for part, text in agreement.parts_shown()]
    return {
        "number": agreement.number,
        "parties": [{"name": side.name, "uscc": side.uscc or ""} for side in sides],
        "request_number": agreement.request.number,
        "starts_on": agreement.starts_on.isoformat(),
        "ends_on": agreement.ends_on.isoformat(),
        "parts": parts,
        "edition": agreement.edition,
        "rules": rules.get(agreement.rule_set).label.zh,
    }


def quality_answer(issue, answer) -> dict:
    """A department's answer; addressed to whoever stands for the issue, so that a partner is not named in it."""
    return {
        "addressee": issue.organisation.name, "number": issue.number, "department": issue.department.name,
        "resource": issue.version_seen.name, "code": issue.resource.code, "field": issue.field_label,
        "problem": str(dict(issue.rules.options("quality_problem")).get(issue.problem, issue.problem)),
        "description": issue.description, "outcome": answer.outcome, "answer": answer.text,
        "corrected_on": answer.corrected_on.isoformat() if answer.corrected_on else "",
        "version": answer.version.round if answer.version else None,
        "answered_on": timezone.localtime(answer.answered_at).date().isoformat(),
    }  # fmt: skip
