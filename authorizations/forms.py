"""Forms of chapter 4 that are not the form of a step."""
