"""Accounts of people and the passwords they had."""

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.roles import ADMIN_ROLES


class UserManager(BaseUserManager):
    """Makes accounts. There are no superusers: what an administrator may do follows from one of three roles."""

    def create_user(self, username: str, password: str | None = None, **fields) -> "User":
        """An account; without a password it cannot sign in."""
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractUser):
    """A person's account. What the person may do is in memberships, never here.

    `password_changed_at` is when the person chose the password; null means that somebody else set it, so that the
    person has to choose one at the next sign-in.
    """

    first_name = None
    last_name = None
    name = models.CharField(_("full name"), max_length=60)
    phone = models.CharField(_("telephone"), max_length=30, blank=True)
    password_changed_at = models.DateTimeField(_("password chosen at"), null=True, blank=True)

    objects = UserManager()
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")

    def __str__(self):
        return self.name or self.username

    @property
    def is_staff(self) -> bool:
        """Whether the administration pages open: for the three administrators alone."""
        return self.is_active and self.memberships.in_force().filter(role__in=ADMIN_ROLES).exists()

    def get_full_name(self) -> str:
        """The name on screen."""
        return self.name

    def get_short_name(self) -> str:
        """The name on screen."""
        return self.name

    def set_password(self, raw_password):
        """Set the password and note when."""
        super().set_password(raw_password)
        self.password_changed_at = timezone.now()


class PastPassword(models.Model):
    """A password that an account had, hashed, so that it is not chosen again soon."""

    person = models.ForeignKey(User, models.CASCADE, related_name="past_passwords", verbose_name=_("account"))
    hashed = models.CharField(_("hash"), max_length=128)
    set_at = models.DateTimeField(_("set at"), default=timezone.now)

    class Meta:
        verbose_name = _("earlier password")
        verbose_name_plural = _("earlier passwords")
        ordering = ["-set_at", "-id"]
