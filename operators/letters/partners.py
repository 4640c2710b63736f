"""What the papers of Art. 17 and 19(2) say, as plain data for the templates in `templates/papers/`."""

from django.utils import timezone


def _head(partnership) -> dict:
    return {
        "number": partnership.number,
        "operator": partnership.operator.name,
        "operator_uscc": partnership.operator.uscc or "",
        "partner": partnership.organisation.name,
        "partner_uscc": partnership.organisation.uscc or "",
        "rules_number": partnership.partner_rules.number,
    }


def entry_receipt(partnership, agreement, *, on, remark: str) -> dict:
    """The filing of an entry: who entered, under which rules and which platform service agreement."""
    return _head(partnership) | {
        "agreement_number": agreement.number,
        "starts_on": agreement.starts_on.isoformat(),
        "ends_on": agreement.ends_on.isoformat(),
        "security_officer": partnership.security_officer,
        "filed_on": timezone.localdate(on).isoformat(),
        "remark": remark,
    }


def exit_receipt(partnership, *, on, remark: str) -> dict:
    """The filing of an exit: why, how it was settled, how the deletion was proved."""
    return _head(partnership) | {
        "reason": partnership.exit_because,
        "settlement": partnership.settlement,
        "deletion": partnership.deletion,
        "proofs": [{"name": file.name, "sha256": file.sha256} for file in partnership.deletion_proofs()],
        "filed_on": timezone.localdate(on).isoformat(),
        "remark": remark,
    }


def service_agreement(agreement) -> dict:
    """The full text of a platform service agreement: both sides, term and the required parts in order."""
    partnership = agreement.partnership
    return {
        "number": agreement.number,
        "parties": [
            {"name": side.name, "uscc": side.uscc or ""} for side in (partnership.operator, partnership.organisation)
        ],
        "partnership_number": partnership.number,
        "rules_number": partnership.partner_rules.number,
        "starts_on": agreement.starts_on.isoformat(),
        "ends_on": agreement.ends_on.isoformat(),
        "parts": [{"title": part.title, "text": agreement.parts[part.code]} for part in agreement.required_parts()],
        "edition": agreement.edition,
    }
