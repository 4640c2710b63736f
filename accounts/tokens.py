"""API tokens: issuing, recognising, revoking."""

import hashlib
import hmac
import re
import secrets
from datetime import date, datetime, timedelta

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


def split(raw: str) -> tuple[str, str]:
    """The prefix by which a token is found and the digest that proves it; of anything else, two that fit no token."""
    shape = _SHAPE.fullmatch(raw)
    prefix, secret = shape.groups() if shape else ("", "")
    return prefix, _digest(secret)


def held(*, prefix: str, on: datetime, day: date):
    """The token in force with this prefix: one row a role that its person holds in its organisation on the day.

    A token without a role is as good as none. Give both the moment and its day in Beijing.
    """
    return (
        ApiToken.objects.in_force(on=on)
        .filter(
            Q(organisation__memberships__valid_until=None) | Q(organisation__memberships__valid_until__gte=day),
            organisation__memberships__valid_from__lte=day,
            organisation__memberships__person=F("person"),
            prefix=prefix,
        )
        .annotate(role=F("organisation__memberships__role"))
    )


def authenticate(raw: str) -> tuple[Actor, ApiToken] | None:
    """Who a token stands for; None for any that is wrong, expired, revoked, or whose person lost their roles.

    One query; a second one, at most once a minute, notes the use. Every refusal takes the same comparison.
    """
    prefix, digest = split(raw)
    now = timezone.now()
    rows = list(held(prefix=prefix, on=now, day=today(now)).select_related("person", "organisation"))
    if not proves(digest, rows[0].digest if rows else ""):
        return None
    token = rows[0]
    note_use(token.pk, token.last_used_at, now)
    roles = frozenset(Role(row.role) for row in rows)
    return Actor(token.person, token.organisation, roles, read_only=token.read_only), token


def proves(digest: str, kept: str) -> bool:
    """Whether the digest of what was sent is the one kept; where none is kept, no, after the same comparison."""
    return hmac.compare_digest(digest, kept or _digest("")) and bool(kept)


def note_use(pk: int, last_used_at: datetime | None, now: datetime) -> None:
    """Keep that a token was used, at most once a minute."""
    stale = now - _USE_IS_NOTED_EVERY
    if last_used_at is None or last_used_at < stale:
        ApiToken.objects.filter(Q(last_used_at=None) | Q(last_used_at__lt=stale), pk=pk).update(last_used_at=now)


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
