from django.apps import AppConfig
from django.db.models.signals import post_delete


class EvaluationConfig(AppConfig):
    name = "evaluation"
    verbose_name = "From answers to charts"

    def ready(self):
        from evaluation.models import Package
        from surveys.models import Participant

        post_delete.connect(forget_participant, sender=Participant, dispatch_uid="evaluation.forget")
        post_delete.connect(forget_file, sender=Package, dispatch_uid="evaluation.forget_file")


def forget_participant(instance, **kwargs):
    """Surveys know nothing of results; results learn here that somebody withdrew."""
    from evaluation.answers.snapshots import forget

    forget(instance)


def forget_file(instance, **kwargs):
    """A package's file goes with its row."""
    if instance.file:
        instance.file.delete(save=False)
