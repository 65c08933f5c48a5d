from django.contrib import admin

from evaluation.models import Report


@admin.register(Report)
class ReportAdmin(admin.ModelAdmin):
    list_display = ["survey", "rehearsal", "without_flagged", "state", "ordered", "made", "answers"]
    list_filter = ["state", "rehearsal"]
    readonly_fields = [field.name for field in Report._meta.fields if field.name not in ("charts", "numbers")]
    exclude = ["charts", "numbers"]

    def has_add_permission(self, request):
        return False
