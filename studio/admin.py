from django.contrib import admin

from studio.models import Worker


@admin.register(Worker)
class WorkerAdmin(admin.ModelAdmin):
    list_display = ["name", "started", "seen"]
