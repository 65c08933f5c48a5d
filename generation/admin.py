from django.contrib import admin

from generation.models import Clip, Corpus, Run, Soundfont, Source


@admin.register(Corpus)
class CorpusAdmin(admin.ModelAdmin):
    list_display = ["name", "study", "pieces", "notes", "minutes", "origin", "licence"]
    list_filter = ["study"]
    search_fields = ["name", "origin"]
    readonly_fields = ["slug", "fingerprint", "pieces", "notes", "minutes", "refused", "created"]


@admin.register(Run)
class RunAdmin(admin.ModelAdmin):
    list_display = ["name", "study", "preset", "corpus", "state", "message", "created", "finished"]
    list_filter = ["study", "preset"]
    list_select_related = ["job", "corpus", "study"]
    search_fields = ["name"]
    readonly_fields = ["slug", "job", "created", "finished"]


@admin.register(Source)
class SourceAdmin(admin.ModelAdmin):
    list_display = ["name", "study", "origin", "run", "corpus", "created"]
    list_filter = ["study", "origin"]
    search_fields = ["name", "description"]
    readonly_fields = ["slug", "created"]


@admin.register(Clip)
class ClipAdmin(admin.ModelAdmin):
    """A clip is never changed once made; only whether new surveys use it."""

    list_display = ["__str__", "title", "loudness", "true_peak", "sounding", "rendered", "retired"]
    list_filter = ["source__study", "source", "retired"]
    search_fields = ["title", "name"]

    def get_readonly_fields(self, request, clip=None):
        return [field.name for field in Clip._meta.fields if field.name != "retired"]

    def has_add_permission(self, request):
        return False


@admin.register(Soundfont)
class SoundfontAdmin(admin.ModelAdmin):
    """Uploaded on the page of soundfonts, where it is played before it is kept."""

    list_display = ["name", "study", "licence", "bytes", "created"]
    readonly_fields = ["study", "name", "slug", "kind", "sha256", "bytes", "created"]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, soundfont=None):
        return False
