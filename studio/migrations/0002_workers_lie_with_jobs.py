from django.db import migrations


class Migration(migrations.Migration):
    """Workers are rows of the app `jobs` now. Nothing to move: each worker writes its row when it starts."""

    dependencies = [("studio", "0001_initial")]

    operations = [migrations.DeleteModel("Worker")]
