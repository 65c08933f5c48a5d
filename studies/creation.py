"""A new study with its owner: there is no study without one."""

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.crypto import get_random_string

from studies.models import Membership, Role, Study


@transaction.atomic
def start_study(name: str, *, owner: str) -> tuple[Study, str | None]:
    """The study of that name with that person as an owner, and the person's password if they are new.

    Creates what does not exist yet. The first person of an installation may use the admin site as well.
    """
    people = get_user_model().objects
    is_first = not people.filter(is_superuser=True).exists()
    user, is_new = people.get_or_create(username=owner, defaults={"is_staff": is_first, "is_superuser": is_first})
    password = set_new_password(user) if is_new else None
    study = Study.objects.filter(name=name).first() or Study.objects.create(name=name)
    Membership.objects.update_or_create(study=study, user=user, defaults={"role": Role.OWNER})
    return study, password


def set_new_password(user) -> str:
    """Set a generated password and return it, because nobody can read it later."""
    password = get_random_string(14)
    user.set_password(password)
    user.save(update_fields=["password"])
    return password
