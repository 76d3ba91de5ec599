from typing import Any

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def unlogged(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Counting waits for no disk. After a crash the table is empty: windows begin anew, and nothing else is lost."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE ground_limit SET UNLOGGED")


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Limit",
            fields=[
                ("who", models.CharField(max_length=100, primary_key=True, serialize=False)),
                ("began_at", models.DateTimeField()),
                ("counted", models.PositiveBigIntegerField()),
                ("last_at", models.DateTimeField()),
            ],
        ),
        migrations.RunPython(unlogged, migrations.RunPython.noop),
    ]
