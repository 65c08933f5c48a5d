from django.contrib import admin

from surveys.models import Answer, Aspect, Choice, ConsentText, Participant, Rating, Survey, Trial


class NothingToChange:
    """Rows that only participants write: they can be looked at, and go only with their participant or survey."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False


class AspectInline(admin.TabularInline):
    model = Aspect
    extra = 0


class ConsentTextInline(NothingToChange, admin.TabularInline):
    model = ConsentText
    extra = 0
    can_delete = False


@admin.register(Survey)
class SurveyAdmin(admin.ModelAdmin):
    list_display = ["name", "study", "template", "state", "opened", "closed"]
    list_filter = ["state", "template", "study"]
    search_fields = ["name", "slug"]
    # Whose rules change after the answers proves nothing: they have a page of their own, which knows when it is late.
    readonly_fields = ["created", "opened", "closed", "consent_version", "rules"]
    filter_horizontal = ["clips", "practice_clips"]
    inlines = [AspectInline, ConsentTextInline]


@admin.register(Participant)
class ParticipantAdmin(NothingToChange, admin.ModelAdmin):
    # Neither code is shown: with one of them one could answer, with the other delete.
    list_display = ["__str__", "survey", "robot", "order", "consented", "finished"]
    list_filter = ["robot", "survey", "order"]
    fields = ["survey", "number", "robot", "rehearsal", "order", "consent_version", "consented", "finished"]


class RatingInline(NothingToChange, admin.TabularInline):
    model = Rating
    extra = 0
    can_delete = False


class ChoiceInline(NothingToChange, admin.TabularInline):
    model = Choice
    extra = 0
    can_delete = False


@admin.register(Answer)
class AnswerAdmin(NothingToChange, admin.ModelAdmin):
    list_display = ["trial", "verdict", "confidence", "familiar", "seconds_heard", "seconds_taken", "order", "given"]
    list_filter = ["trial__robot", "trial__survey", "verdict"]
    list_select_related = ["trial__participant"]
    inlines = [RatingInline, ChoiceInline]


@admin.register(Trial)
class TrialAdmin(NothingToChange, admin.ModelAdmin):
    list_display = ["__str__", "clip", "kind", "reserved_until", "shown", "audio_sent"]
    list_filter = ["robot", "survey"]
    list_select_related = ["participant", "clip__source"]
    exclude = ["audio_key", "audio_key_b"]
