"""Receipts come down from `accounts`, whose next migration moves the table. Here it is only named."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ground", "0001_limits")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="Receipt",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("person_id", models.PositiveBigIntegerField()),
                        ("key", models.CharField(max_length=255)),
                        (
                            "request",
                            models.CharField(
                                help_text="digest of what was asked, route included", max_length=64
                            ),
                        ),
                        ("status", models.PositiveSmallIntegerField(null=True)),
                        ("body", models.TextField(default="")),
                        ("made_at", models.DateTimeField()),
                        (
                            "keep_until",
                            models.DateTimeField(db_index=True, help_text="empty: for good", null=True),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                "person_id", "key", name="receipt_once_per_person_and_key"
                            )
                        ],
                    },
                )
            ]
        )
    ]
