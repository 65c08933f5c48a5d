"""Errors that are shown to people. Every part may import them: this module knows no Django."""


class EarwitnessError(Exception):
    """Something went wrong that the person who asked can put right.

    Its text is one plain sentence that names the thing and the remedy: a command prints it, a page shows it. Each error
    of the domain is a direct child, so that a door catches this one class; whatever else is raised is our own mistake.
    """


class NotThere(EarwitnessError):
    """Nothing has the name that was given."""
