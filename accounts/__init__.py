"""Who: organisations, people, roles, delegation, sign-in."""
