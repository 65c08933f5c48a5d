import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("evaluation", "0004_the_task_of_a_report"),
        ("jobs", "0001_initial"),
    ]

    operations = [
        migrations.RemoveConstraint("report", "one_report_at_a_time"),
        migrations.AddField(
            model_name="package",
            name="job",
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="jobs.job"),
        ),
        migrations.AddField(
            model_name="report",
            name="job",
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="jobs.job"),
        ),
        migrations.AlterField(
            model_name="report",
            name="state",
            field=models.CharField(choices=[("pending", "pending"), ("done", "done"), ("outdated", "outdated")], default="pending", max_length=10),
        ),
    ]
