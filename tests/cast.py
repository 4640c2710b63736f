"""The named cast: people of every kind of organisation, with whom the tests tell their stories.

`cast.bureau` is an `Actor`: the person, the organisation and the roles. `outsider` has a role like `operator` has, in
an organisation that has nothing to do with anything. One build costs three queries.
"""

from dataclasses import dataclass, field

from django.contrib.auth.hashers import make_password
from django.utils import timezone
from stdnum.cn import uscc

from accounts.actors import Actor
from accounts.models import Membership, Organisation, OrganisationKind, User
from accounts.roles import Role

PASSWORD = "demo"

ORGANISATIONS: dict[str, OrganisationKind] = {
    "Data Authority": OrganisationKind.BUREAU,
    "District Government": OrganisationKind.GOVERNMENT,
    "Finance Department": OrganisationKind.REGULATOR,
    "Cyberspace Office": OrganisationKind.REGULATOR,
    "Health Department": OrganisationKind.DEPARTMENT,
    "Transport Department": OrganisationKind.DEPARTMENT,
    "Operator Company": OrganisationKind.OPERATOR,
    "Applicant Company": OrganisationKind.OPERATOR,
    "Outsider Company": OrganisationKind.OPERATOR,
    "Partner Company": OrganisationKind.PARTNER,
    "Second Partner Company": OrganisationKind.PARTNER,
    "Institute One": OrganisationKind.EXPERT,
    "Institute Two": OrganisationKind.EXPERT,
    "Institute Three": OrganisationKind.EXPERT,
    "Institute Four": OrganisationKind.EXPERT,
    "Institute Five": OrganisationKind.EXPERT,
    "Assessor Company": OrganisationKind.ASSESSOR,
    "Citizens": OrganisationKind.DATA_SUBJECT,
    "System Administration": OrganisationKind.ADMINISTRATION,
}

PEOPLE: dict[str, tuple[Role, str]] = {
    "bureau": (Role.BUREAU, "Data Authority"),
    "bureau2": (Role.BUREAU, "Data Authority"),
    "bureau_lead": (Role.BUREAU_LEAD, "Data Authority"),
    "government": (Role.GOVERNMENT, "District Government"),
    "finance": (Role.REGULATOR, "Finance Department"),
    "cyberspace": (Role.REGULATOR, "Cyberspace Office"),
    "health": (Role.DEPARTMENT, "Health Department"),
    "transport": (Role.DEPARTMENT, "Transport Department"),
    "operator": (Role.OPERATOR, "Operator Company"),
    "applicant": (Role.OPERATOR, "Applicant Company"),
    "outsider": (Role.OPERATOR, "Outsider Company"),
    "partner": (Role.PARTNER, "Partner Company"),
    "partner2": (Role.PARTNER, "Second Partner Company"),
    "expert1": (Role.EXPERT, "Institute One"),
    "expert2": (Role.EXPERT, "Institute Two"),
    "expert3": (Role.EXPERT, "Institute Three"),
    "expert4": (Role.EXPERT, "Institute Four"),
    "expert5": (Role.EXPERT, "Institute Five"),
    "assessor": (Role.ASSESSOR, "Assessor Company"),
    "citizen": (Role.DATA_SUBJECT, "Citizens"),
    "sysadmin": (Role.SYSADMIN, "System Administration"),
    "secadmin": (Role.SECADMIN, "System Administration"),
    "auditadmin": (Role.AUDITADMIN, "System Administration"),
}


def credit_code(number: int) -> str:
    """A made-up code with the right check character."""
    body = f"91440304MA5{number:06d}"
    return body + uscc.calc_check_digit(body)


@dataclass
class Cast:
    """The actors by name: `cast.bureau`, `cast["expert3"]`; iterating gives all of them."""

    actors: dict[str, Actor] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Actor:
        try:
            return self.__dict__["actors"][name]
        except KeyError:
            raise AttributeError(name) from None

    def __getitem__(self, name: str) -> Actor:
        return self.actors[name]

    def __iter__(self):
        return iter(self.actors.values())

    def names(self) -> list[str]:
        return list(self.actors)


def build_cast() -> Cast:
    """Write the cast into the database."""
    organisations = Organisation.objects.bulk_create(
        Organisation(name=name, kind=kind, uscc=credit_code(number), email=f"office{number}@example.test")
        for number, (name, kind) in enumerate(ORGANISATIONS.items(), start=1)
    )
    by_name = {organisation.name: organisation for organisation in organisations}
    hashed = make_password(PASSWORD)
    people = User.objects.bulk_create(
        User(
            username=username,
            name=username.capitalize(),
            email=f"{username}@example.test",
            password=hashed,
            password_changed_at=timezone.now(),
        )
        for username in PEOPLE
    )
    Membership.objects.bulk_create(
        Membership(person=person, organisation=by_name[where], role=role, valid_from="2024-01-30")
        for person, (role, where) in zip(people, PEOPLE.values(), strict=True)
    )
    return Cast(
        {
            person.username: Actor(person, by_name[where], frozenset({role}))
            for person, (role, where) in zip(people, PEOPLE.values(), strict=True)
        }
    )
