"""Receipts move to `ground`: their table is renamed, and names its person by key alone."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_receipt_without_claim"), ("ground", "0002_receipts")]

    operations = [
        migrations.AlterField(
            model_name="receipt",
            name="person",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="receipts",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterModelTable(name="receipt", table="ground_receipt"),
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel("Receipt")]),
    ]
