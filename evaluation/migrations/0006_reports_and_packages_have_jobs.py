from django.db import migrations
from django.db.models import F
from django.utils import timezone


def packages_to_jobs(apps, schema_editor):
    Package = apps.get_model("evaluation", "Package")
    Package.objects.update(job_id=F("errand_id"))  # errands kept their numbers when they became jobs


def reports_to_jobs(apps, schema_editor):
    Report, Job = apps.get_model("evaluation", "Report"), apps.get_model("jobs", "Job")
    for report in Report.objects.filter(state__in=["waiting", "working", "failed"]).select_related("survey"):
        flags = f"{' rehearsal' * report.rehearsal}{' without flagged' * report.without_flagged}"
        failed = {"state": "failed", "cause": "refused", "error": report.message, "finished": timezone.now()}
        report.job = Job.objects.create(
            study_id=report.survey.study_id,
            kind="evaluation.report",
            title=report.survey.name,
            arguments={"report": report.pk},
            key=f"report on survey {report.survey_id}{flags}",
            **(failed if report.state == "failed" else {"state": "waiting"}),
        )
        Job.objects.filter(pk=report.job.pk).update(created=report.ordered)
        report.state = "pending"
        report.save(update_fields=["job", "state"])


class Migration(migrations.Migration):

    dependencies = [
        ("evaluation", "0005_jobs"),
        ("generation", "0007_errands_become_jobs"),
    ]

    operations = [
        migrations.RunPython(packages_to_jobs, migrations.RunPython.noop),
        migrations.RunPython(reports_to_jobs, migrations.RunPython.noop),
    ]
