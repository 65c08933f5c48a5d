from django.apps import AppConfig


class SurveysConfig(AppConfig):
    name = "surveys"
    verbose_name = "Surveys and answers"

    def ready(self):
        from generation.errands import KINDS
        from surveys.researcher.clip_settings import KIND, run_clip_settings

        KINDS[KIND] = run_clip_settings
