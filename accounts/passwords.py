"""What the security profile asks of passwords."""

from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import PastPassword, User
from accounts.security_profiles import current

DEMO_PASSWORD = "demo"  # noqa: S105 - printed for everybody; demonstrations only


def must_change(user: User) -> bool:
    """Whether the password is too old, or was set by somebody else."""
    if user.password_changed_at is None:
        return True
    max_age = current().password_max_age
    return max_age is not None and timezone.now() - user.password_changed_at > max_age


def _kind(character: str) -> str:
    if character.isdigit():
        return "digit"
    return "lower" if character.islower() else "upper" if character.isupper() else "other"


class CharacterClassesValidator:
    """A password mixes lower case, capitals, digits and other characters."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Refuse a password of too few kinds of characters."""
        found = len({_kind(character) for character in password})
        if found < current().character_classes:
            raise ValidationError(self.get_help_text(), code="password_character_classes")

    def get_help_text(self) -> str:
        """The rule in words."""
        return _(
            "A password mixes at least %(count)d of these four: "
            "lower case letters, capital letters, digits, other characters."
        ) % {"count": current().character_classes}


class NotRecentlyUsedValidator:
    """A password is not one of the last ones."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Refuse the present password and the remembered ones."""
        if user is None or user.pk is None:
            return
        recent = user.past_passwords.values_list("hashed", flat=True)[: current().remembered]
        if any(check_password(password, hashed) for hashed in {user.password, *recent}):
            raise ValidationError(self.get_help_text(), code="password_recently_used")

    def password_changed(self, password: str, user: User) -> None:
        """Remember the password that was just saved; forget those that no longer count."""
        PastPassword.objects.create(person=user, hashed=user.password)
        kept = list(user.past_passwords.values_list("pk", flat=True)[: current().remembered])
        user.past_passwords.exclude(pk__in=kept).delete()

    def get_help_text(self) -> str:
        """The rule in words."""
        remembered = current().remembered
        return ngettext(
            "A password differs from the last one.", "A password differs from the last %(count)d.", remembered
        ) % {"count": remembered}
