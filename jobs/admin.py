from django.contrib import admin

from jobs.models import Job, Worker


@admin.register(Job)
class JobAdmin(admin.ModelAdmin):
    list_display = ["title", "kind", "study", "state", "message", "attempts", "created", "finished"]
    list_filter = ["state", "kind", "study"]
    list_select_related = ["study"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False


@admin.register(Worker)
class WorkerAdmin(admin.ModelAdmin):
    list_display = ["name", "host", "pid", "started", "seen"]

    def has_add_permission(self, request):
        return False
