from django.apps import AppConfig
from django.db.models.signals import post_delete


class EvaluationConfig(AppConfig):
    name = "evaluation"
    verbose_name = "From answers to charts"

    def ready(self):
        from surveys.models import Participant

        post_delete.connect(forget_participant, sender=Participant, dispatch_uid="evaluation.forget")


def forget_participant(instance, **kwargs):
    """Surveys know nothing of reports; reports learn here that somebody withdrew."""
    from evaluation.reports import forget

    forget(instance)
