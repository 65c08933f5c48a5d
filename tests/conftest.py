"""The cast that every test may call on."""

import os
import zipfile
from pathlib import Path

import pytest

from studies.models import Membership, Role, Study
from tests.skips import pytest_configure  # noqa: F401 (a hook: in CI nothing is skipped unnoticed)

# Workers of pytest-xdist, and the programs that tests start, inherit this: where every process computes in as many
# threads as there are processors, they wait for each other, and a fit of a second takes a minute.
for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
    os.environ.setdefault(threads, "1")


def pytest_make_parametrize_id(val, argname: str) -> str | None:
    """A file's bytes are no name for a test: they are long, and differ between workers where a time is in them."""
    return argname if isinstance(val, bytes | str) and len(val) > 80 else None


@pytest.fixture(autouse=True)
def home(settings, tmp_path) -> Path:
    """Whatever a test keeps, it keeps in a folder of its own."""
    settings.HOME = tmp_path / "home"
    settings.MEDIA_ROOT = settings.HOME / "media"
    settings.CORPORA_ROOT = settings.HOME / "corpora"
    settings.RUNS_ROOT = settings.HOME / "runs"
    settings.STATIC_ROOT = settings.HOME / "static"
    settings.STATIC_ROOT.mkdir(parents=True)
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return settings.HOME


@pytest.fixture(scope="session")
def pop909() -> Path:
    """The archive of POP909, where there is one."""
    path = os.environ.get("EARWITNESS_POP909", "")
    if not zipfile.is_zipfile(path or os.devnull):
        pytest.skip("needs POP909: set EARWITNESS_POP909 to its archive")
    return Path(path)


@pytest.fixture
def study(db) -> Study:
    return Study.objects.create(name="Piano study")


@pytest.fixture
def owner(study, django_user_model):
    return member(study, django_user_model, "olga", Role.OWNER)


@pytest.fixture
def editor(study, django_user_model):
    return member(study, django_user_model, "emil", Role.EDITOR)


@pytest.fixture
def viewer(study, django_user_model):
    return member(study, django_user_model, "vera", Role.VIEWER)


def member(study, user_model, name, role):
    user = user_model.objects.create_user(name, password="a long enough secret")
    Membership.objects.create(study=study, user=user, role=role)
    return user
