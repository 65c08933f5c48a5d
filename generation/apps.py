from django.apps import AppConfig


class GenerationConfig(AppConfig):
    name = "generation"
    verbose_name = "Where clips come from"

    def ready(self):
        from generation import checks  # noqa: F401  (registers the system checks)
