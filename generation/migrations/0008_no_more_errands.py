from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("generation", "0007_errands_become_jobs"),
        ("evaluation", "0007_no_more_errands"),  # which still pointed to them
    ]

    operations = [
        migrations.RemoveField("run", "state"),
        migrations.RemoveField("run", "progress"),
        migrations.RemoveField("run", "task"),
        migrations.AlterField(
            model_name="run",
            name="finished",
            field=models.DateTimeField(blank=True, help_text="Empty until it is trained to its end.", null=True),
        ),
        migrations.DeleteModel("Errand"),
    ]
