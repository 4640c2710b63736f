"""Benchmarks, each printed as a ratio to its floor measured in the same run: `python -m benchmarks.due_date`."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "futian_portal.settings")
django.setup()
