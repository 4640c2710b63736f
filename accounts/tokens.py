"""API tokens: issuing, recognising, revoking."""

import hashlib
import hmac
import re
import secrets
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import AccountEvent, ApiToken, EventKind, Organisation, User
from accounts.models.membership import today
from accounts.queries import actor_for
from accounts.roles import Role

MAX_DAYS = 366
_SHAPE = re.compile(r"pdo_([0-9a-f]{8})_([A-Za-z0-9_-]{43})")
_USE_IS_NOTED_EVERY = timedelta(minutes=1)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def issue(
    person: User, organisation: Organisation, *, read_only: bool, days: int, by: User | None = None
) -> tuple[str, ApiToken]:
    """Make a token; the text is returned once and kept nowhere.

    Raises:
        ValidationError: where the person has no role there, or the days are not from 1 to 366.
    """
    if not 1 <= days <= MAX_DAYS:
        raise ValidationError(_("A token is valid for 1 to %(days)d days.") % {"days": MAX_DAYS})
    if not actor_for(person, organisation).roles:
        raise ValidationError(
            _("%(person)s has no role in %(organisation)s.") % {"person": person, "organisation": organisation}
        )
    prefix, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        person=person,
        organisation=organisation,
        prefix=prefix,
        digest=_digest(secret),
        read_only=read_only,
        expires_at=timezone.now() + timedelta(days=days),
    )
    AccountEvent.objects.record(
        EventKind.TOKEN_ISSUED, person=person, by=by, organisation=organisation, prefix=prefix, read_only=read_only
    )
    return f"pdo_{prefix}_{secret}", token


def authenticate(raw: str) -> tuple[Actor, ApiToken] | None:
    """Who a token stands for; None for any that is wrong, expired, revoked, or whose person lost their roles.

    One query; a second one, at most once a minute, notes the use. Every refusal takes the same comparison.
    """
    shape = _SHAPE.fullmatch(raw)
    prefix, secret = shape.groups() if shape else ("", "")
    now = timezone.now()
    day = today(now)
    # One row a role that the person holds in the organisation: a token without a role is as good as none.
    rows = list(
        ApiToken.objects.in_force(on=now)
        .filter(
            Q(organisation__memberships__valid_until=None) | Q(organisation__memberships__valid_until__gte=day),
            organisation__memberships__valid_from__lte=day,
            organisation__memberships__person=F("person"),
            prefix=prefix,
        )
        .annotate(role=F("organisation__memberships__role"))
        .select_related("person", "organisation")
    )
    expected = rows[0].digest if rows else _digest("")
    if not hmac.compare_digest(_digest(secret), expected) or not rows:
        return None
    token = rows[0]
    _note_use(token, now)
    roles = frozenset(Role(row.role) for row in rows)
    return Actor(token.person, token.organisation, roles, read_only=token.read_only), token


def _note_use(token: ApiToken, now) -> None:
    stale = now - _USE_IS_NOTED_EVERY
    if token.last_used_at is None or token.last_used_at < stale:
        ApiToken.objects.filter(Q(last_used_at=None) | Q(last_used_at__lt=stale), pk=token.pk).update(last_used_at=now)


@transaction.atomic
def revoke(token: ApiToken, *, by: User, ip: str | None = None) -> None:
    """End a token now; a second call changes nothing."""
    if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now()):
        AccountEvent.objects.record(
            EventKind.TOKEN_REVOKED,
            person=token.person,
            by=by,
            organisation=token.organisation,
            ip=ip,
            prefix=token.prefix,
        )
