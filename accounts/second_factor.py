"""The second factor: one-time codes from an app (RFC 6238), one device a person."""

from base64 import b32encode

import segno
from django.db import transaction
from django.http import HttpRequest
from django_otp import login as otp_login
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import AccountEvent, EventKind, User
from accounts.security_profiles import current

_HAS_DEVICE = "has_second_factor"
DEVICE_NAME = "default"


def confirmed_device(user: User) -> TOTPDevice | None:
    """The device the person signs in with."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).first()


def device_to_enrol(user: User) -> TOTPDevice:
    """A device waiting for its first code; the same one at every call until then."""
    waiting = TOTPDevice.objects.filter(user=user, confirmed=False).order_by("id").first()
    return waiting or TOTPDevice.objects.create(user=user, confirmed=False, name=DEVICE_NAME)


def required(request: HttpRequest) -> bool:
    """Whether the role acted in must have a second factor."""
    roles = current().second_factor_roles
    return bool(roles) and not roles.isdisjoint(request.actor.roles)


def pending(request: HttpRequest) -> bool:
    """Whether the signed-in person still owes a code: their role asks for one, or they enrolled a device."""
    if request.user.is_verified():
        return False
    if _HAS_DEVICE not in request.session:
        request.session[_HAS_DEVICE] = confirmed_device(request.user) is not None
    return request.session[_HAS_DEVICE] or required(request)


def forget_state(request: HttpRequest) -> None:
    """Look again whether the person has a device."""
    request.session.pop(_HAS_DEVICE, None)


def verify(request: HttpRequest, device: TOTPDevice, code: str, *, ip: str | None) -> bool:
    """Take a code: under a lock, so that no code counts twice. A first code confirms a new device."""
    with transaction.atomic():
        device = TOTPDevice.objects.select_for_update().get(pk=device.pk)
        passed = device.verify_token(code)
        kind = EventKind.SECOND_FACTOR_PASSED if passed else EventKind.SECOND_FACTOR_FAILED
        if passed and not device.confirmed:
            device.confirmed = True
            device.save(update_fields=["confirmed"])
            kind = EventKind.SECOND_FACTOR_ENROLLED
        AccountEvent.objects.record(kind, person=device.user, by=device.user, ip=ip)
    if passed:
        otp_login(request, device)
        forget_state(request)
    return passed


@transaction.atomic
def reset(user: User, *, by: User, ip: str | None = None) -> bool:
    """Remove the person's devices, once it is certain who asks for it. Returns whether there were any."""
    removed, _by_model = TOTPDevice.objects.filter(user=user).delete()
    if removed:
        AccountEvent.objects.record(EventKind.SECOND_FACTOR_RESET, person=user, by=by, ip=ip)
    return bool(removed)


def qr_code(device: TOTPDevice) -> str:
    """The device's address as a QR code, an SVG data URI (the page's policy allows `data:` for pictures)."""
    return segno.make(device.config_url, error="m").svg_data_uri(scale=5, border=2)


def typed_key(device: TOTPDevice) -> str:
    """The key in groups of four, for those who cannot scan."""
    key = b32encode(device.bin_key).decode()
    return " ".join(key[start : start + 4] for start in range(0, len(key), 4))
