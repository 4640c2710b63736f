from accounts.models.delegation import Delegation
from accounts.models.event import AccountEvent, EventKind
from accounts.models.membership import Membership
from accounts.models.organisation import Organisation
from accounts.models.token import ApiToken
from accounts.models.user import PastPassword, User
from accounts.roles import OrganisationKind

__all__ = [
    "AccountEvent",
    "ApiToken",
    "Delegation",
    "EventKind",
    "Membership",
    "Organisation",
    "OrganisationKind",
    "PastPassword",
    "User",
]
