"""Studies, the people in them, and the tokens of programs."""

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from studies.lookup import NamedQuerySet
from studies.slugs import free_slug


class Role(models.TextChoices):
    """What a person may do in a study. Each role includes the roles below it."""

    OWNER = "owner", _("owner")  # invites and removes people, deletes
    EDITOR = "editor", _("editor")  # makes sources, clips and surveys, opens and closes them
    ANALYST = "analyst", _("analyst")  # sees results and downloads data
    VIEWER = "viewer", _("viewer")  # looks and listens

    @property
    def rank(self) -> int:
        return list(reversed(Role)).index(self)

    def includes(self, other: "Role") -> bool:
        return self.rank >= other.rank


class StudyQuerySet(NamedQuerySet):
    def visible_to(self, user):
        return self.filter(memberships__user=user) if user.is_authenticated else self.none()


class Study(models.Model):
    name = models.CharField(max_length=120)
    slug = models.SlugField(unique=True, max_length=60)
    created = models.DateTimeField(auto_now_add=True)
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, through="Membership", related_name="studies")

    objects = StudyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "studies"
        ordering = ["name"]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        self.slug = self.slug or free_slug(self.name, Study.objects.all())
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("studio:study", args=[self.slug])

    def role_of(self, user) -> Role | None:
        membership = self.memberships.filter(user=user).first() if user.is_authenticated else None
        return Role(membership.role) if membership else None


class Membership(models.Model):
    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role, default=Role.VIEWER)

    class Meta:
        ordering = ["user__username"]
        constraints = [
            models.UniqueConstraint(fields=["study", "user"], name="one_role_per_person_and_study"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="role_exists"),
        ]

    def __str__(self):
        return f"{self.user}, {self.get_role_display()} of {self.study}"


def invitation_key() -> str:
    return secrets.token_urlsafe(24)


def default_expiry():
    return timezone.now() + timedelta(days=14)


class InvitationQuerySet(models.QuerySet):
    def open(self):
        return self.filter(accepted_by=None, expires__gt=timezone.now())


class Invitation(models.Model):
    """A link that makes the first person who opens it a member."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="invitations")
    role = models.CharField(max_length=10, choices=Role, default=Role.EDITOR)
    key = models.CharField(max_length=40, unique=True, default=invitation_key, editable=False)
    expires = models.DateTimeField(default=default_expiry)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["expires"]

    def __str__(self):
        return f"{self.get_role_display()} of {self.study}"

    def get_absolute_url(self):
        return reverse("studies:invitation", args=[self.key])


class TokenQuerySet(models.QuerySet):
    def find(self, text: str) -> "Token | None":
        """The token with this text; None if it is unknown or was revoked."""
        return self.select_related("user").filter(digest=digest_of(text), user__is_active=True).first()

    def issue(self, user, name: str) -> "tuple[Token, str]":
        """A new token and its text, which can be shown only now: the database stores its digest."""
        text = f"ew_{secrets.token_urlsafe(32)}"
        return self.create(user=user, name=name, digest=digest_of(text)), text


def digest_of(text: str) -> str:
    # Plain SHA-256 is enough: unlike a password, 256 random bits cannot be guessed.
    return hashlib.sha256(text.encode()).hexdigest()


class Token(models.Model):
    """Lets a program act as a person, in all studies of that person, until it is revoked."""

    PRECISION_OF_USED = timedelta(minutes=1)  # a thousand requests need not write a thousand times

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=60, help_text="What it is for: a laptop, a cluster, a script.")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created = models.DateTimeField(auto_now_add=True)
    used = models.DateTimeField(null=True, blank=True, editable=False)

    objects = TokenQuerySet.as_manager()

    class Meta:
        ordering = ["-created"]
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="token_name_of_person")]

    def __str__(self):
        return f"{self.name} of {self.user}"

    def mark_used(self) -> None:
        now = timezone.now()
        if self.used is None or now - self.used > self.PRECISION_OF_USED:
            Token.objects.filter(pk=self.pk).update(used=now)
