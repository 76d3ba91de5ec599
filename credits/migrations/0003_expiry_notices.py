import django.db.models.deletion
from django.db import migrations, models

KINDS = [("paid", "Paid"), ("promo", "Promotional"), ("compensation", "Compensation")]


class Migration(migrations.Migration):
    dependencies = [("credits", "0002_codes_as_they_read")]

    operations = [
        migrations.AlterField(
            model_name="code",
            name="kind",
            field=models.CharField(choices=KINDS, default="promo", max_length=12),
        ),
        migrations.AlterField(
            model_name="lot", name="kind", field=models.CharField(choices=KINDS, max_length=12)
        ),
        migrations.CreateModel(
            name="ExpiryNotice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("days", models.PositiveSmallIntegerField()),
                ("at", models.DateTimeField()),
                (
                    "lot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="notices", to="credits.lot"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("lot"), models.F("days"), name="expiry_told_once_per_lot_and_deadline"
                    )
                ],
            },
        ),
    ]
