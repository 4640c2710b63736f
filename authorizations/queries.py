"""Reads of chapter 4 that deserve a name."""
