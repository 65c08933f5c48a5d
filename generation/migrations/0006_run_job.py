import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("generation", "0005_one_arrangement"),
        ("jobs", "0001_initial"),
    ]

    operations = [
        migrations.RenameField("run", "message", "note"),
        migrations.AlterField(
            model_name="run",
            name="note",
            field=models.TextField(blank=True, help_text="Where it was brought from, or why it did not go on."),
        ),
        migrations.AddField(
            model_name="run",
            name="job",
            field=models.ForeignKey(blank=True, help_text="Its newest training.", null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="jobs.job"),
        ),
    ]
