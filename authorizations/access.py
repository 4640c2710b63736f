"""May this call pass now: the question a gateway asks before each call of data (law 3, Art. 16, 18–20).

A decision is never kept: it is one statement over the rows as they are, so a suspension is felt by the next question.
The statement is written by the ORM from `accounts.tokens.held` and `GrantQuerySet.usable`, once a process, and prepared
once a connection on PostgreSQL; so token, roles, grant and everything the grant rests on cost one round trip and no
planning. Why a call may not pass is looked up only then.
"""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import NamedTuple
from weakref import WeakSet

from django.db import connection
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import tokens
from accounts.actors import Actor
from accounts.roles import Role
from authorizations.links import broken
from authorizations.models import Grant


@dataclass(frozen=True)
class Decision:
    """Whether a call may pass; where it may not, a stable code, the article and the words."""

    allowed: bool
    code: str = ""
    article: str = ""
    message: str = ""


ALLOWED = Decision(True)


class UnknownToken(Exception):
    """The token is unknown, has ended or was revoked, or its person has no role there any more."""


class _Row(NamedTuple):
    """One row of the statement: a role of the token's person, and the grant, if there is one with this code."""

    token: int
    digest: str
    last_used_at: datetime | str | None
    whose: int
    role: str
    user: int | None
    operator: int | None
    resource: str | None
    number: str | None
    scenario: str | None
    usable: bool | int | None


# --- what a person, or a program with a token, is told -----------------------------------------------------------


def decide_for_token(raw: str, *, grant: str, resource: str, scenario: str, now: datetime) -> Decision:
    """Decide for the bearer of a token, in one statement; a second one, at most once a minute, notes the use.

    Raises:
        UnknownToken: whoever asks is nobody.
    """
    prefix, digest = tokens.split(raw)
    rows = _asked(prefix, now, timezone.localdate(now), grant)
    if not tokens.proves(digest, rows[0].digest if rows else ""):
        raise UnknownToken
    row = rows[0]
    tokens.note_use(row.token, _moment(row.last_used_at), now)
    roles = {one.role for one in rows}
    if row.user is None or not _concerned(row.whose, roles, user=row.user, operator=row.operator):
        return _unknown()
    if row.usable and scenario == row.scenario and resource in (row.resource, row.number):
        return ALLOWED
    return _why(grant, resource=resource, scenario=scenario, on=timezone.localdate(now))


def decide(actor: Actor, *, grant: str, resource: str, scenario: str, on: date) -> Decision:
    """Decide for somebody who is signed in."""
    found = Grant.objects.filter(code=grant).first()
    whose = actor.organisation.pk if actor.organisation else None
    if found is None or not _concerned(whose, actor.roles, user=found.organisation_id, operator=found.operator_id):
        return _unknown()
    return _why(grant, resource=resource, scenario=scenario, on=on)


def _concerned(whose: int | None, roles: set[str] | frozenset[str], *, user: int, operator: int) -> bool:
    """The user of the grant, the operator on whose platform it is used, and the bureau; nobody else learns of it."""
    if Role.BUREAU in roles:
        return True
    own = whose == user and not roles.isdisjoint({Role.OPERATOR, Role.PARTNER})
    return own or (whose == operator and Role.OPERATOR in roles)


def _unknown() -> Decision:
    return Decision(False, "unknown-grant", "18", _("There is no such grant for you."))


def _why(code: str, *, resource: str, scenario: str, on: date) -> Decision:
    """The decision with its reason, from the rows as they are now."""
    related = ("resource", "scenario", "item__request", "version", "agreement", "partnership", "request")
    grant = Grant.objects.select_related(*related).get(code=code)
    if resource not in (grant.resource.code, grant.resource.number):
        return Decision(False, "wrong-resource", "18(1)", _("The grant is on another resource."))
    if scenario != grant.scenario.code:
        return Decision(False, "wrong-scenario", "20", _("The grant is for another scenario."))
    link = broken(grant, on=on)
    if link is not None:
        return Decision(False, link.code, link.article, link.reason)
    if grant.is_usable_on(on):
        return ALLOWED
    return Decision(False, "not-in-force", "18", _("Something the grant rests on is not in force."))


def _moment(value: datetime | str | None) -> datetime | None:
    """A moment as the database gave it: SQLite has no type for one, and keeps it in UTC."""
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return found.replace(tzinfo=UTC) if found is not None and found.tzinfo is None else found


# --- the statement -----------------------------------------------------------------------------------------------

_PREFIX, _GRANT = "\x01prefix", "\x01grant"
_NOW, _DAY = datetime(1900, 1, 2, 3, 4, 5, tzinfo=UTC), date(1900, 1, 3)
_prepared: WeakSet = WeakSet()


def _token_rows() -> QuerySet:
    held = tokens.held(prefix=_PREFIX, on=_NOW, day=_DAY).order_by()
    return held.values(
        a_token=F("pk"), a_digest=F("digest"), a_used=F("last_used_at"), a_whose=F("organisation_id"), a_role=F("role")
    )


def _grant_row() -> QuerySet:
    usable = Exists(Grant.objects.usable(on=_DAY).filter(pk=OuterRef("pk")).order_by())
    return Grant.objects.filter(code=_GRANT).order_by().values(
        b_user=F("organisation_id"), b_operator=F("operator_id"), b_resource=F("resource__code"),
        b_number=F("resource__number"), b_scenario=F("scenario__code"), b_usable=usable,
    )  # fmt: skip


@functools.cache
def _statement(vendor: str) -> tuple[str, tuple]:
    """The SQL and its parameters, the four questions among them as stand-ins."""
    (token, first), (grant, second) = _token_rows().query.sql_with_params(), _grant_row().query.sql_with_params()
    columns = (
        "a_token, a_digest, a_used, a_whose, a_role, b_user, b_operator, b_resource, b_number, b_scenario, b_usable"
    )
    sql = f"SELECT {columns} FROM ({token}) a LEFT JOIN ({grant}) b ON 1 = 1"  # noqa: S608 - both written by the ORM
    return sql, (*first, *second)


def _filled(parameters: Sequence, values: Sequence) -> list:
    """The parameters with the values of one question in place of the stand-ins."""
    ops = connection.ops
    places = (_PREFIX, ops.adapt_datetimefield_value(_NOW), ops.adapt_datefield_value(_DAY), _GRANT)
    given = dict(zip(places, values, strict=True))
    return [given.get(one, one) if isinstance(one, str | date) else one for one in parameters]


def _asked(prefix: str, now: datetime, day: date, grant: str) -> list[_Row]:
    ask: Callable = _on_postgresql if connection.vendor == "postgresql" else _plainly
    return [_Row(*row) for row in ask(prefix, now, day, grant)]


def _plainly(prefix: str, now: datetime, day: date, grant: str) -> list[tuple]:
    """The statement as it is."""
    sql, parameters = _statement(connection.vendor)
    ops = connection.ops
    values = (prefix, ops.adapt_datetimefield_value(now), ops.adapt_datefield_value(day), grant)
    with connection.cursor() as cursor:
        cursor.execute(sql, _filled(parameters, values))
        return cursor.fetchall()


def _on_postgresql(prefix: str, now: datetime, day: date, grant: str) -> list[tuple]:
    """The prepared statement, prepared now where this connection has not seen it.

    Behind a pool that gives every transaction another connection nothing can be prepared; the setting
    DISABLE_SERVER_SIDE_CURSORS says so, as it does to Django.
    """
    if connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS"):
        return _plainly(prefix, now, day, grant)
    with connection.cursor() as cursor:
        if connection.connection not in _prepared:
            cursor.execute(_preparation(cursor))
            _prepared.add(connection.connection)
        cursor.execute("EXECUTE access_decision (%s, %s, %s, %s)", (prefix, now, day, grant))
        return cursor.fetchall()


def _preparation(cursor) -> str:
    sql, parameters = _statement(connection.vendor)
    marks = ("__1__", "__2__", "__3__", "__4__")
    text = cursor.mogrify(sql, _filled(parameters, marks)).decode()
    for number, mark in enumerate(marks, start=1):
        text = text.replace(f"'{mark}'", f"${number}")
    return f"PREPARE access_decision (text, timestamptz, date, text) AS {text}"
