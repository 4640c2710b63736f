"""Reference data of chapter 3 in the administration: the pool of experts. Cases are shown read-only."""

from django.contrib import admin
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.admin_rights import ByRole
from accounts.roles import Role
from casework.admin import CaseAdmin
from operators.models import (
    Call,
    ConflictDeclaration,
    Document,
    Expert,
    OperatingAgreement,
    OperatorApplication,
    PartnerRules,
    Partnership,
    PlatformServiceAgreement,
)


@admin.register(Expert)
class ExpertAdmin(ByRole, admin.ModelAdmin):
    """Who is in the pool. The bureau keeps it on its own page; here it is looked at."""

    view_roles = frozenset({Role.SYSADMIN, Role.AUDITADMIN})
    list_display = ["person", "employer", "post", "knows", "active"]
    fields = ["person", "employer", "post", "knows", "active"]
    list_select_related = ["person", "employer"]
    list_filter = ["active"]
    search_fields = ["person__name", "employer__name"]

    @admin.display(description=_("fields of expertise"))
    def knows(self, expert) -> str:
        """The fields in words."""
        return gettext(", ").join(expert.expertise_labels())


@admin.register(ConflictDeclaration)
class ConflictAdmin(ByRole, admin.ModelAdmin):
    """What experts declared; only the expert declares."""

    view_roles = frozenset({Role.AUDITADMIN})
    list_display = ["expert", "organisation", "declared_at"]


admin.site.register(
    [Call, OperatorApplication, OperatingAgreement, PartnerRules, Partnership, PlatformServiceAgreement, Document],
    CaseAdmin,
)
