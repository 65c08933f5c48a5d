"""A new study with its owner, so that nothing is ever made that belongs to nobody."""

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.crypto import get_random_string

from studies.models import Membership, Role, Study


@transaction.atomic
def start_study(name: str, *, owner: str) -> tuple[Study, str | None]:
    """The study of that name with that person as an owner, and the new person's password.

    Both are made if they are not there yet. The password is None for a person who already has one.
    """
    user, new = get_user_model().objects.get_or_create(
        username=owner, defaults={"is_staff": True, "is_superuser": True}
    )
    password = get_random_string(14) if new else None
    if new:
        user.set_password(password)
        user.save()
    study = Study.objects.filter(name=name).first() or Study.objects.create(name=name)
    Membership.objects.update_or_create(study=study, user=user, defaults={"role": Role.OWNER})
    return study, password
