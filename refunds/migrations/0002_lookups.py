from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("refunds", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="verifiedinvoice",
            name="last_key",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=models.deletion.PROTECT,
                related_name="+",
                to="accounts.apikey",
            ),
        ),
        migrations.AddIndex(
            model_name="lookup",
            index=models.Index(fields=["by", "at"], name="lookup_by_person_lately"),
        ),
        migrations.AddIndex(
            model_name="lookup",
            index=models.Index(
                fields=["api_key", "at"], name="miss_by_key", condition=models.Q(("hit", False))
            ),
        ),
        migrations.AddIndex(
            model_name="lookup",
            index=models.Index(
                fields=["by", "at"], name="miss_by_person", condition=models.Q(("hit", False))
            ),
        ),
        migrations.AddIndex(
            model_name="verifiedinvoice",
            index=models.Index(fields=["publisher", "-last_at", "-id"], name="verified_lately"),
        ),
    ]
