"""What the papers of chapter 3 say: the facts each template in `templates/papers/` prints, as plain data."""

from django.utils import timezone


def _head(application) -> dict:
    return {
        "addressee": application.organisation.name,
        "uscc": application.organisation.uscc or "",
        "call_number": application.call.number,
        "call_title": application.call.subject,
        "number": application.number,
    }


def _defects(application) -> list[dict]:
    return [
        {"article": point.article, "title": point.title, "reason": judgement.reason}
        for point, judgement in application.defects()
    ]


def acknowledgment(application, submission) -> dict:
    """Receipt of an application or of its correction, with what was handed in."""
    return _head(application) | {
        "round": submission.round,
        "received_at": timezone.localtime(submission.submitted_at).strftime("%Y-%m-%d %H:%M"),
        "digest": submission.digest,
        "points": [
            {"title": point.title, "files": [file["name"] for file in submission.content[point.code]["evidence"]]}
            for point in application.points()
        ],
    }


def correction_notice(application, remark: str) -> dict:
    """Every point that is not met, at once, and the last day to correct."""
    return _head(application) | {
        "defects": _defects(application), "correct_by": application.correct_by.isoformat(), "remark": remark,
    }  # fmt: skip


def refusal(application) -> dict:
    """The reasons, point by point where the qualification failed, and the decision's number where there is one."""
    return _head(application) | {
        "approved": False,
        "defects": _defects(application),
        "reasons": application.decision_remark,
        "document_number": application.document_number,
        "decided_on": application.decided_on.isoformat() if application.decided_on else "",
    }


def decision(application) -> dict:
    """The approval by the district government."""
    return _head(application) | {
        "approved": True,
        "reasons": application.decision_remark,
        "document_number": application.document_number,
        "decided_on": application.decided_on.isoformat(),
    }


def agreement(agreement, bureau) -> dict:
    """The full text of an operating agreement: parties, term and the required parts in order."""
    return {
        "number": agreement.number,
        "parties": [{"name": side.name, "uscc": side.uscc or ""} for side in (bureau, agreement.organisation)],
        "application_number": agreement.application.number,
        "document_number": agreement.application.document_number,
        "starts_on": agreement.starts_on.isoformat(),
        "ends_on": agreement.ends_on.isoformat(),
        "parts": [{"title": part.title, "text": agreement.parts[part.code]} for part in agreement.required_parts()],
        "edition": agreement.edition,
    }


def agreement_notice(agreement, *, on, reason: str, ground: str = "") -> dict:
    """A suspension, a resumption or the end of an operating agreement: which one, why, from when."""
    return {
        "addressee": agreement.organisation.name,
        "number": agreement.number,
        "starts_on": agreement.starts_on.isoformat(),
        "ends_on": agreement.ends_on.isoformat(),
        "reason": reason,
        "ground": ground,
        "day": timezone.localdate(on).isoformat(),
    }
