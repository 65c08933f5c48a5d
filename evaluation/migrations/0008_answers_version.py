"""What tells whether answers have changed is called by its name."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("evaluation", "0007_no_more_errands")]

    operations = [
        migrations.RenameField("snapshot", "stand", "version"),
        migrations.RenameField("report", "stand", "version"),
        migrations.AlterField(
            "snapshot",
            "version",
            models.CharField(max_length=64, help_text="Of the answers when it was taken (answers/version.py)."),
        ),
        migrations.AlterField(
            "report",
            "version",
            models.CharField(
                max_length=64, blank=True, help_text="Of the answers it was made from (answers/version.py)."
            ),
        ),
    ]
