"""Checks at start."""

from django.conf import settings
from django.core.checks import Error

from accounts.roles import Role


def second_factor_roles_are_known(app_configs, **kwargs) -> list[Error]:
    """A misspelt role would quietly need no second factor."""
    unknown = sorted(set(settings.SECOND_FACTOR_ROLES) - set(Role.values))
    if not unknown:
        return []
    return [Error(f"SECOND_FACTOR_ROLES names unknown roles: {', '.join(unknown)}.", id="accounts.E001")]
