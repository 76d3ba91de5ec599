from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("storefront", "0001_initial")]

    operations = [
        migrations.AddField(model_name="series", name="skipped", field=models.BigIntegerField(default=0)),
    ]
