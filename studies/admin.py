from django.contrib import admin

from studies.models import Invitation, Membership, Study, Token


class MembershipInline(admin.TabularInline):
    model = Membership
    extra = 0


@admin.register(Study)
class StudyAdmin(admin.ModelAdmin):
    list_display = ["name", "slug", "created"]
    inlines = [MembershipInline]


@admin.register(Invitation)
class InvitationAdmin(admin.ModelAdmin):
    list_display = ["study", "role", "expires", "accepted_by"]


@admin.register(Token)
class TokenAdmin(admin.ModelAdmin):
    """Read-only: people create their own tokens."""

    list_display = ["name", "user", "created", "used"]
    readonly_fields = ["user", "name", "created", "used"]

    def has_add_permission(self, request):
        return False
