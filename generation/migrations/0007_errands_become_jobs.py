"""What version 0.1 kept as errands, and in the rows of runs, as jobs. Keys stay, so old addresses lead where they led."""

from django.core.management.color import no_style
from django.db import migrations
from django.utils import timezone

KINDS = {
    "import_midi": "generation.import_midi",
    "excerpt": "generation.excerpt",
    "render": "generation.render",
    "import_corpus": "generation.import_corpus",
    "compose": "generation.compose",
    "originality": "generation.originality",
    "package": "evaluation.package",
    "policy": "surveys.clip_settings",
}
RENAMED = {"source_name": "source", "source_id": "source", "corpus_id": "corpus"}


def errands_to_jobs(apps, schema_editor):
    Errand, Job = apps.get_model("generation", "Errand"), apps.get_model("jobs", "Job")
    for errand in Errand.objects.order_by("pk"):
        arguments = {RENAMED.get(key, key): value for key, value in errand.values.items()}
        if errand.kind == "compose":
            arguments["run"] = errand.run_id
        if errand.kind == "originality":
            arguments["source"] = errand.source_id
        outcome = {"lines": errand.lines} if errand.lines else {}
        if errand.source_id:
            outcome["source"] = errand.source_id
        if errand.state == "done":
            outcome["sentences"] = errand.said
        failed = {"cause": "refused", "error": errand.message} if errand.state == "failed" else {}
        state = errand.state if errand.state in ("done", "failed") else "waiting"
        job = Job.objects.create(
            pk=errand.pk,
            study_id=errand.study_id,
            kind=KINDS.get(errand.kind, f"generation.{errand.kind}"),
            title=errand.about,
            arguments=arguments,
            state=state,
            done=errand.done,
            total=errand.total,
            unit=errand.unit,
            outcome=outcome,
            finished=errand.finished,
            **failed,
        )
        Job.objects.filter(pk=job.pk).update(created=errand.created)
    with schema_editor.connection.cursor() as cursor:  # the next job gets the next number
        for statement in schema_editor.connection.ops.sequence_reset_sql(no_style(), [Job]):
            cursor.execute(statement)


def trainings_to_jobs(apps, schema_editor):
    Run, Job = apps.get_model("generation", "Run"), apps.get_model("jobs", "Job")
    for run in Run.objects.exclude(state="finished"):
        if run.state in ("waiting", "training"):
            # What a worker had, or was to have, the next one has; a terminal of the old program is gone.
            how = {"state": "waiting"} if run.task else {"state": "stopped", "cause": "deserted", "in_terminal": True}
        elif run.state == "failed":
            how = {"state": "failed", "cause": "refused", "error": run.note}
        else:
            how = {"state": "stopped", "cause": "asked"}
        if how["state"] != "waiting":
            how["finished"] = timezone.now()
        run.job = Job.objects.create(
            study_id=run.study_id,
            kind="generation.train",
            title=run.name,
            arguments={"run": run.pk},
            key=f"train run {run.pk}",
            **how,
        )
        Job.objects.filter(pk=run.job.pk).update(created=run.created)
        run.note, run.finished = "", None
        run.save(update_fields=["job", "note", "finished"])
    for run in Run.objects.filter(state="finished", finished=None):
        Run.objects.filter(pk=run.pk).update(finished=run.created)


class Migration(migrations.Migration):

    dependencies = [("generation", "0006_run_job")]

    operations = [
        migrations.RunPython(errands_to_jobs, migrations.RunPython.noop),
        migrations.RunPython(trainings_to_jobs, migrations.RunPython.noop),
    ]
