"""Roles that people hold in organisations, and the kinds of organisation they fit (Art. 3, 5–8)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """What a person does for an organisation. The label on screen comes from the rule set; this one is the default."""

    BUREAU = "bureau", _("Case handler of the data authority")
    BUREAU_LEAD = "bureau_lead", _("Supervisor at the data authority")
    DEPARTMENT = "department", _("Data-source department")
    OPERATOR = "operator", _("Authorised operator or applicant")
    PARTNER = "partner", _("Platform partner")
    REGULATOR = "regulator", _("Supervising body")
    GOVERNMENT = "government", _("District government")
    EXPERT = "expert", _("Expert reviewer")
    ASSESSOR = "assessor", _("Third-party assessor")
    DATA_SUBJECT = "data_subject", _("Data subject")
    SYSADMIN = "sysadmin", _("System administrator")
    SECADMIN = "secadmin", _("Security administrator")
    AUDITADMIN = "auditadmin", _("Audit administrator")


ADMIN_ROLES = frozenset({Role.SYSADMIN, Role.SECADMIN, Role.AUDITADMIN})
"""The three separate administrators: no account combines two of them, and none of them acts in a case."""


class OrganisationKind(TextChoices):
    """What an organisation is to the regulation."""

    BUREAU = "bureau", _("District data authority")
    DEPARTMENT = "department", _("Data-source department")
    OPERATOR = "operator", _("Authorised operator or applicant")
    PARTNER = "partner", _("Platform partner")
    REGULATOR = "regulator", _("Supervising body")
    GOVERNMENT = "government", _("District government")
    EXPERT = "expert", _("Employer of experts")
    ASSESSOR = "assessor", _("Third-party assessor")
    ADMINISTRATION = "administration", _("System administration")
    DATA_SUBJECT = "data_subject", _("Data subject")


_KIND_OF_ROLE = {
    Role.BUREAU: OrganisationKind.BUREAU,
    Role.BUREAU_LEAD: OrganisationKind.BUREAU,
    Role.DEPARTMENT: OrganisationKind.DEPARTMENT,
    Role.OPERATOR: OrganisationKind.OPERATOR,
    Role.PARTNER: OrganisationKind.PARTNER,
    Role.REGULATOR: OrganisationKind.REGULATOR,
    Role.GOVERNMENT: OrganisationKind.GOVERNMENT,
    Role.ASSESSOR: OrganisationKind.ASSESSOR,
    Role.DATA_SUBJECT: OrganisationKind.DATA_SUBJECT,
    Role.SYSADMIN: OrganisationKind.ADMINISTRATION,
    Role.SECADMIN: OrganisationKind.ADMINISTRATION,
    Role.AUDITADMIN: OrganisationKind.ADMINISTRATION,
}


def fits(role: str, kind: str) -> bool:
    """Whether a role can be held in an organisation of this kind. Experts come from any employer (Art. 5(4))."""
    if role == Role.EXPERT:
        return kind != OrganisationKind.ADMINISTRATION
    return _KIND_OF_ROLE[Role(role)] == kind
