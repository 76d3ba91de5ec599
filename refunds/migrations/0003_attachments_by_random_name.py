import refunds.models.cases
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("refunds", "0002_lookups")]

    operations = [
        migrations.AddField(
            model_name="attachment",
            name="ref",
            field=models.CharField(default=refunds.models.cases.random_name, max_length=30, unique=True),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                fields=["-closed_at", "-id"],
                name="case_closed",
                condition=models.Q(("closed_at__isnull", False)),
            ),
        ),
    ]
