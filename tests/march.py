"""The portal as a server to which it is the story's morning: the clock runs on from there."""

import time_machine

time_machine.travel("2026-03-02T10:00:00+08:00", tick=True).start()

from futian_portal.wsgi import application  # noqa: E402 - the clock is set first

__all__ = ["application"]
