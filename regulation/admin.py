"""The working-day calendar in the administration. Years are loaded with `import_holidays`, so that clocks follow."""

from django.contrib import admin

from regulation.models import CalendarDay, CalendarYear


class DayInline(admin.TabularInline):
    """The days of a notice."""

    model = CalendarDay
    fields = readonly_fields = ["date", "name", "is_off_day"]
    extra = 0
    can_delete = False

    def has_view_permission(self, request, obj=None) -> bool:
        """Whoever sees the year."""
        return True

    def has_add_permission(self, request, obj=None) -> bool:
        """Never: a notice is loaded whole."""
        return False


@admin.register(CalendarYear)
class CalendarYearAdmin(admin.ModelAdmin):
    """Each year with its source and whether it is official."""

    list_display = ["year", "source", "official", "imported_at"]
    list_filter = ["official"]
    inlines = [DayInline]

    def has_view_permission(self, request, obj=None) -> bool:
        """The system administrator, who loads the notices, and the audit administrator."""
        return request.actor.has("sysadmin", "auditadmin")

    def has_module_permission(self, request) -> bool:
        """The same."""
        return self.has_view_permission(request)

    def has_add_permission(self, request) -> bool:
        """Never: a notice is loaded with `import_holidays`."""
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        """Never, for the same reason."""
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        """Never: open clocks rest on it."""
        return False
