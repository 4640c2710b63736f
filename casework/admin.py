"""Cases in Django's admin: to look at, never to change. Every change of a case is a step."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.admin_rights import ByRole
from accounts.roles import Role


class StateFilter(admin.SimpleListFilter):
    """The states of the kind, by what they are called."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        """Every state of the kind."""
        return model_admin.model.states.choices

    def queryset(self, request, queryset):
        """The cases in the state chosen."""
        return queryset.filter(state=self.value()) if self.value() else queryset


class CaseAdmin(ByRole, admin.ModelAdmin):
    """Read-only, for the audit administrator: what every case has. What it holds is shown on its own page."""

    view_roles = frozenset({Role.AUDITADMIN})
    list_display = ["number", "organisation", "called", "started_at"]
    fields = [
        "number", "organisation", "called", "state_since", "started_by", "started_at", "rule_set", "version",
        "last_entry",
    ]  # fmt: skip
    list_filter = [StateFilter]
    list_select_related = ["organisation"]
    search_fields = ["number", "organisation__name"]
    ordering = ["-id"]
    show_full_result_count = False

    @admin.display(description=_("state"), ordering="state")
    def called(self, case) -> str:
        """The state in words."""
        return case.get_state_display()
