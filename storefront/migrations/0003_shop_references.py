"""What another shop calls a purchase becomes a row; until now the stored answer to its line was read for it."""

import json
from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def from_answers(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    reference, purchase = (apps.get_model("storefront", name) for name in ("ShopReference", "Purchase"))
    receipts = apps.get_model("ground", "Receipt").objects.filter(
        key__startswith="store:", key__contains=":purchases:", status=201
    )
    for key, body in receipts.values_list("key", "body").iterator():
        bought = purchase.objects.filter(number=json.loads(body)["invoice"]).first()
        if bought is not None:
            reference.objects.create(name=key, purchase=bought)


class Migration(migrations.Migration):
    dependencies = [("storefront", "0002_series_skips"), ("accounts", "0003_receipts_move_down")]

    operations = [
        migrations.CreateModel(
            name="ShopReference",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=255, unique=True)),
                (
                    "purchase",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shop_reference",
                        to="storefront.purchase",
                    ),
                ),
            ],
        ),
        migrations.RunPython(from_answers, migrations.RunPython.noop),
    ]
