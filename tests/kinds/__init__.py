"""Every kind of case as the tests go over it. An area's module is entered here once, with its list `KINDS`."""

from tests.kinds import catalogue, operators, partners, quality, requests, use
from tests.kinds.told import Told

MODULES = (operators, partners, catalogue, requests, use, quality)
KINDS: tuple[Told, ...] = tuple(told for module in MODULES for told in module.KINDS)
BY_NAME = {told.name: told for told in KINDS}
BY_MODEL = {told.model: told for told in KINDS}
