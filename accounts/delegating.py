"""Giving and revoking delegations."""

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import AccountEvent, Delegation, EventKind, User
from accounts.queries import colleagues
from accounts.roles import ADMIN_ROLES


def may_delegate(by: Actor) -> str:
    """Why this actor cannot delegate at all, in a sentence; empty where they can."""
    if by.organisation is None or by.read_only:
        return _("Choose the organisation you act for first.")
    if by.has(*ADMIN_ROLES):
        return _("An administrator's role is not delegated.")
    if by.on_behalf_of is not None:
        return _("You act on behalf of %(name)s here. A delegation is not passed on; only %(name)s can delegate.") % {
            "name": by.on_behalf_of
        }
    return ""


@transaction.atomic
def give(
    *,
    by: Actor,
    delegate: User,
    case_kinds: Sequence[str],
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
    ip: str | None = None,
) -> Delegation:
    """Let a colleague act with the roles of `by` in the organisation acted for, from `starts_at` until `ends_at`.

    Raises:
        ValidationError: by field, where the delegate is not a colleague or the period is impossible; for the whole,
            where `by` cannot delegate.
    """
    if refusal := may_delegate(by):
        raise ValidationError(refusal)
    if delegate == by.person:
        raise ValidationError({"delegate": _("You cannot delegate to yourself.")})
    if not colleagues(by.person, by.organisation).filter(pk=delegate.pk).exists():
        raise ValidationError(
            {
                "delegate": _("You delegate to somebody with a role in %(organisation)s.")
                % {"organisation": by.organisation}
            }
        )
    if ends_at <= max(starts_at, timezone.now()):
        raise ValidationError({"ends_at": _("The end lies before the beginning, or has passed.")})
    delegation = Delegation.objects.create(
        delegator=by.person,
        delegate=delegate,
        organisation=by.organisation,
        case_kinds=sorted(case_kinds),
        starts_at=starts_at,
        ends_at=ends_at,
        reason=reason,
    )
    AccountEvent.objects.record(
        EventKind.DELEGATION_GIVEN,
        person=delegate,
        by=by.person,
        organisation=by.organisation,
        ip=ip,
        delegation=delegation.pk,
        case_kinds=delegation.case_kinds,
        starts_at=starts_at.isoformat(),
        ends_at=ends_at.isoformat(),
    )
    return delegation


@transaction.atomic
def revoke(delegation: Delegation, *, by: User, ip: str | None = None) -> None:
    """End a delegation now; a second call changes nothing."""
    if Delegation.objects.filter(pk=delegation.pk, revoked_at=None).update(revoked_at=timezone.now()):
        AccountEvent.objects.record(
            EventKind.DELEGATION_REVOKED,
            person=delegation.delegate,
            by=by,
            organisation=delegation.organisation,
            ip=ip,
            delegation=delegation.pk,
        )
