"""Rights on the administration pages by role, in the place of Django's table of permissions."""

from django.http import HttpRequest

from accounts.roles import Role


class ByRole:
    """For a ModelAdmin: names the roles that view, add, change and delete. Nobody, unless it is said."""

    view_roles: frozenset[Role] = frozenset()
    add_roles: frozenset[Role] = frozenset()
    change_roles: frozenset[Role] = frozenset()
    delete_roles: frozenset[Role] = frozenset()

    def has_view_permission(self, request: HttpRequest, obj=None) -> bool:
        """Those who view, and those who change."""
        return request.actor.has(*self.view_roles, *self.change_roles)

    def has_add_permission(self, request: HttpRequest, obj=None) -> bool:
        """Those who add."""
        return request.actor.has(*self.add_roles)

    def has_change_permission(self, request: HttpRequest, obj=None) -> bool:
        """Those who change."""
        return request.actor.has(*self.change_roles)

    def has_delete_permission(self, request: HttpRequest, obj=None) -> bool:
        """Those who delete."""
        return request.actor.has(*self.delete_roles)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Those who do any of it."""
        return request.actor.has(*self.view_roles, *self.add_roles, *self.change_roles, *self.delete_roles)
