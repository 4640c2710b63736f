"""Administration pages: the system administrator keeps accounts, the security one grants, the audit one reads.

Every change writes an account event in the same transaction. Accounts and organisations are closed, never deleted.
"""

from axes.utils import reset as unlock
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, AdminUserCreationForm
from django.contrib.auth.models import Group
from django.db import transaction
from django.http import HttpResponseRedirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import delegating, second_factor, tokens
from accounts.addresses import client_address
from accounts.admin_rights import ByRole
from accounts.models import AccountEvent, ApiToken, Delegation, EventKind, Membership, Organisation, User
from accounts.roles import Role

# Rights come from roles, and nobody looks at the secret of a second factor.
admin.site.unregister([Group, TOTPDevice])

SYSTEM = frozenset({Role.SYSADMIN})
SECURITY = frozenset({Role.SECADMIN})
AUDIT = frozenset({Role.AUDITADMIN})


def _caused(request) -> dict:
    """By whom, and from which address."""
    return {"by": request.user, "ip": client_address(request)}


class FirstPasswordForm(AdminPasswordChangeForm):
    """A password set for somebody else: they choose their own at the next sign-in."""

    def save(self, commit=True):
        """Save it as one that has to be changed."""
        user = super().save(commit=False)
        user.password_changed_at = None
        if commit:
            user.save()
        return user


class NewAccountForm(AdminUserCreationForm):
    """A new account; its password has to be changed at the first sign-in."""

    def save(self, commit=True):
        """Save it with a password that has to be changed."""
        user = super().save(commit=False)
        user.password_changed_at = None
        if commit:
            user.save()
        return user


@admin.register(User)
class AccountAdmin(ByRole, UserAdmin):
    """Accounts: kept by the system administrator; unlocked and freed of a lost second factor by the security one."""

    view_roles = SYSTEM | SECURITY | AUDIT
    add_roles = change_roles = SYSTEM
    add_form = NewAccountForm
    change_password_form = FirstPasswordForm
    list_display = ["username", "name", "email", "is_active", "last_login"]
    list_filter = ["is_active"]
    search_fields = ["username", "name", "email"]
    ordering = ["username"]
    filter_horizontal = []
    fieldsets = [(None, {"fields": ["username", "password", "name", "phone", "email", "is_active"]})]
    add_fieldsets = [(None, {"fields": ["username", "name", "phone", "email", "password1", "password2"]})]
    actions = ["unlock_accounts", "reset_second_factor"]

    def has_unlock_permission(self, request):
        """Whether locks and second factors can be lifted."""
        return request.actor.has(Role.SECADMIN)

    def save_model(self, request, obj, form, change):
        """Save and note what changed."""
        super().save_model(request, obj, form, change)
        kind = EventKind.ACCOUNT_CHANGED if change else EventKind.ACCOUNT_CREATED
        AccountEvent.objects.record(kind, person=obj, **_caused(request), fields=_changed(form))

    @transaction.atomic
    def user_change_password(self, request, id, form_url=""):
        """Set a password for somebody, and note it."""
        response = super().user_change_password(request, id, form_url)
        if isinstance(response, HttpResponseRedirect):
            AccountEvent.objects.record(
                EventKind.PASSWORD_RESET, person=self.get_object(request, id), **_caused(request)
            )
        return response

    @admin.action(description=_("Unlock after failed sign-ins"), permissions=["unlock"])
    def unlock_accounts(self, request, queryset):
        """Lift the lock."""
        for person in queryset:
            with transaction.atomic():
                unlock(username=person.username)
                AccountEvent.objects.record(EventKind.UNLOCKED, person=person, **_caused(request))
        messages.success(request, gettext("The accounts are unlocked."))

    @admin.action(description=_("Reset the second factor"), permissions=["unlock"])
    def reset_second_factor(self, request, queryset):
        """Remove the devices, so that new ones are enrolled."""
        for person in queryset:
            second_factor.reset(person, **_caused(request))
        messages.success(request, gettext("The second factors are reset."))


def _changed(form) -> list[str]:
    return [name for name in form.changed_data if not name.startswith("password")]


@admin.register(Organisation)
class OrganisationAdmin(ByRole, admin.ModelAdmin):
    """Organisations: kept by the system administrator."""

    view_roles = SYSTEM | SECURITY | AUDIT
    add_roles = change_roles = SYSTEM
    list_display = ["name", "kind", "uscc", "owner", "active"]
    list_filter = ["kind", "active"]
    list_select_related = ["owner"]
    search_fields = ["name", "short_name", "uscc"]
    autocomplete_fields = ["owner"]
    fields = [
        "name",
        "short_name",
        "kind",
        "uscc",
        "owner",
        "responsible_unit",
        "responsible_person",
        "responsible_phone",
        "email",
        "active",
    ]

    def get_readonly_fields(self, request, obj=None):
        """The kind stays: the roles that people hold there depend on it."""
        return ["kind"] if obj else []

    def save_model(self, request, obj, form, change):
        """Save and note what changed."""
        super().save_model(request, obj, form, change)
        kind = EventKind.ORGANISATION_CHANGED if change else EventKind.ORGANISATION_CREATED
        AccountEvent.objects.record(kind, organisation=obj, **_caused(request), fields=_changed(form))


@admin.register(Membership)
class MembershipAdmin(ByRole, admin.ModelAdmin):
    """Roles: granted and withdrawn by the security administrator."""

    view_roles = add_roles = change_roles = delete_roles = SECURITY
    list_display = ["person", "organisation", "role", "valid_from", "valid_until"]
    list_filter = ["role"]
    list_select_related = ["person", "organisation"]
    search_fields = ["person__username", "person__name", "organisation__name"]
    autocomplete_fields = ["person", "organisation"]
    fields = ["person", "organisation", "role", "valid_from", "valid_until"]

    def get_readonly_fields(self, request, obj=None):
        """A role that was granted changes in its dates only; another role is another row."""
        return ["person", "organisation", "role"] if obj else []

    def save_model(self, request, obj, form, change):
        """Save and note it."""
        super().save_model(request, obj, form, change)
        self._note(request, EventKind.ROLE_CHANGED if change else EventKind.ROLE_GRANTED, obj)

    def delete_model(self, request, obj):
        """Withdraw and note it."""
        self._note(request, EventKind.ROLE_WITHDRAWN, obj)
        super().delete_model(request, obj)

    @transaction.atomic
    def delete_queryset(self, request, queryset):
        """Withdraw several and note each."""
        for membership in queryset.select_related("person", "organisation"):
            self.delete_model(request, membership)

    def _note(self, request, kind, membership):
        until = membership.valid_until
        AccountEvent.objects.record(
            kind,
            person=membership.person,
            organisation=membership.organisation,
            **_caused(request),
            role=membership.role,
            valid_from=membership.valid_from.isoformat(),
            valid_until=until and until.isoformat(),
        )


class RevocableAdmin(ByRole, admin.ModelAdmin):
    """What the security administrator can end at once; `end` does it to one row."""

    actions = ["revoke"]

    def has_revoke_permission(self, request):
        """Whether they can be revoked."""
        return request.actor.has(Role.SECADMIN)

    @admin.action(description=_("Revoke at once"), permissions=["revoke"])
    def revoke(self, request, queryset):
        """End them now."""
        for row in queryset.select_related(*self.list_select_related):
            self.end(row, **_caused(request))


@admin.register(Delegation)
class DelegationAdmin(RevocableAdmin):
    """Delegations: seen and, where misused, revoked by the security administrator."""

    end = staticmethod(delegating.revoke)
    view_roles = SECURITY | AUDIT
    list_display = ["delegator", "delegate", "organisation", "starts_at", "ends_at", "revoked_at"]
    list_select_related = ["delegator", "delegate", "organisation"]
    search_fields = ["delegator__name", "delegate__name", "organisation__name"]


@admin.register(ApiToken)
class ApiTokenAdmin(RevocableAdmin):
    """Tokens: seen and revoked by the security administrator."""

    end = staticmethod(tokens.revoke)
    view_roles = SECURITY
    list_display = ["prefix", "person", "organisation", "read_only", "expires_at", "last_used_at", "revoked_at"]
    list_select_related = ["person", "organisation"]
    search_fields = ["prefix", "person__name", "organisation__name"]
    exclude = ["digest"]


@admin.register(AccountEvent)
class AccountEventAdmin(ByRole, admin.ModelAdmin):
    """Sign-ins and changes of accounts and roles: read by the audit administrator."""

    view_roles = AUDIT
    list_display = ["at", "kind", "person", "by", "organisation", "ip"]
    list_filter = ["kind"]
    list_select_related = ["person", "by", "organisation"]
    search_fields = ["person__username", "person__name", "by__username", "organisation__name"]
    date_hierarchy = "at"
