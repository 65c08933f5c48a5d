from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [("evaluation", "0006_reports_and_packages_have_jobs")]

    operations = [
        migrations.RemoveField("package", "errand"),
        migrations.RemoveField("report", "message"),
        migrations.RemoveField("report", "share"),
        migrations.RemoveField("report", "task"),
    ]
