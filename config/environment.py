"""Settings from environment variables. A value that makes no sense is refused in one plain sentence."""

import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default).strip()


def switch(name: str, default: bool) -> bool:
    value = text(name).lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f'{name}="{value}" is not valid. Use 1 (on) or 0 (off).')


def whole_number(name: str, default: int, at_least: int = 0) -> int:
    value = text(name)
    if not value:
        return default
    try:
        number = int(value)
    except ValueError:
        raise ImproperlyConfigured(f'{name}="{value}" is not a whole number. Use {at_least} or more.') from None
    if number < at_least:
        raise ImproperlyConfigured(f"{name}={number} is too small. Use {at_least} or more.")
    return number


def words(name: str, default: list[str]) -> list[str]:
    """A list, separated by commas."""
    value = text(name)
    return [word.strip() for word in value.split(",") if word.strip()] if value else default


def stored_secret(path: Path) -> str:
    """The secret in a file, created on first use; two processes that start together agree on one."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{os.getpid()}")
        try:
            fresh.write_text(secrets.token_urlsafe(50))
            fresh.chmod(0o600)
            # Unlike a rename, a link fails if the file exists, so the first process wins.
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink(missing_ok=True)
        return path.read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"The folder {path.parent} is not writable ({error.strerror}). Set EARWITNESS_HOME to a folder that is."
        ) from None
