"""A study is what belongs together, and to whom."""

import secrets
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from studies.naming import free_slug


class Role(models.TextChoices):
    """What a person may do in a study; each role may do all that the ones below it may."""

    OWNER = "owner", "owner"  # invites and removes people, deletes
    EDITOR = "editor", "editor"  # makes sources, clips and surveys, opens and closes them
    ANALYST = "analyst", "analyst"  # sees results and downloads data
    VIEWER = "viewer", "viewer"  # looks and listens

    @property
    def rank(self) -> int:
        return list(reversed(Role)).index(self)

    def includes(self, other: "Role") -> bool:
        return self.rank >= other.rank


class StudyQuerySet(models.QuerySet):
    def of(self, user):
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


def in_two_weeks():
    return timezone.now() + timedelta(days=14)


class InvitationQuerySet(models.QuerySet):
    def open(self):
        return self.filter(accepted_by=None, expires__gt=timezone.now())


class Invitation(models.Model):
    """A link that makes whoever opens it first a member."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="invitations")
    role = models.CharField(max_length=10, choices=Role, default=Role.EDITOR)
    key = models.CharField(max_length=40, unique=True, default=invitation_key, editable=False)
    expires = models.DateTimeField(default=in_two_weeks)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["expires"]

    def __str__(self):
        return f"{self.get_role_display()} of {self.study}"

    def get_absolute_url(self):
        return reverse("studies:invitation", args=[self.key])
