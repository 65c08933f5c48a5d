"""Rehearsals that waited had no row but their entry in the queue; of the other entries rows know all they say."""

from django.db import migrations

OLD = ("generation.tasks.", "evaluation.tasks.", "surveys.tasks.")


def entries_to_jobs(apps, schema_editor):
    Entry, Job = apps.get_model("django_tasks_database", "DBTaskResult"), apps.get_model("jobs", "Job")
    Survey = apps.get_model("surveys", "Survey")
    unfinished = Entry.objects.filter(task_path="surveys.tasks.rehearse_survey", status__in=["READY", "RUNNING"])
    for survey, listeners, seed in unfinished.values_list("args_kwargs__args", flat=True):
        row = Survey.objects.filter(pk=survey).first()
        key = f"rehearse survey {survey} seed {seed}"
        if row and not Job.objects.filter(study_id=row.study_id, key=key).exists():
            arguments = {"survey": survey, "listeners": listeners, "seed": seed}
            about = {"kind": "surveys.rehearse", "title": row.name, "arguments": arguments, "key": key}
            Job.objects.create(study_id=row.study_id, **about)
    for path in OLD:
        Entry.objects.filter(task_path__startswith=path).delete()


class Migration(migrations.Migration):

    dependencies = [
        ("surveys", "0003_background_questions"),
        ("jobs", "0001_initial"),
        ("django_tasks_database", "0021_conditional_partial_index_ordering"),
        # Numbers of jobs begin after those of the errands that become jobs.
        ("generation", "0007_errands_become_jobs"),
    ]

    operations = [migrations.RunPython(entries_to_jobs, migrations.RunPython.noop)]
