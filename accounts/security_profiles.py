"""Security profiles: passwords, lock-out, idle time and second factor as data.

`level3` follows the identification and authentication controls of graded protection level 3 (GB/T 22239-2019, 8.1.4.1).
The standard asks for complexity, regular change, handling of failures and two factors; the figures are those that
assessors commonly expect. The settings name the profile; see docs/decisions/031.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from django.conf import settings


@dataclass(frozen=True, kw_only=True)
class SecurityProfile:
    """One set of figures.

    `character_classes` counts how many of lower case, capitals, digits and other characters a password mixes;
    `remembered` how many earlier passwords may not come back; `password_max_age` None means no limit;
    `second_factor_roles` the values of the roles that nobody acts in without a second factor.
    """

    min_length: int
    character_classes: int
    remembered: int
    password_max_age: timedelta | None
    failures: int
    lock_for: timedelta
    idle: timedelta
    second_factor_roles: frozenset[str]


LEVEL3 = SecurityProfile(
    min_length=8,
    character_classes=3,
    remembered=5,
    password_max_age=timedelta(days=90),
    failures=5,
    lock_for=timedelta(minutes=30),
    idle=timedelta(minutes=30),
    second_factor_roles=frozenset({"sysadmin", "secadmin", "auditadmin"}),
)

PROFILES = {
    "level3": LEVEL3,
    # For demonstrations and tests only, which the settings enforce: nothing expires and one factor is enough.
    "demo": replace(LEVEL3, password_max_age=None, second_factor_roles=frozenset()),
}


def with_second_factor(profile: SecurityProfile, roles: Iterable[str]) -> SecurityProfile:
    """The profile with further roles that must have a second factor."""
    return replace(profile, second_factor_roles=profile.second_factor_roles | frozenset(roles))


def current() -> SecurityProfile:
    """The profile that the settings name."""
    return with_second_factor(PROFILES[settings.SECURITY_PROFILE], settings.SECOND_FACTOR_ROLES)
