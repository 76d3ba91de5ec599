from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("credits", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="code",
            name="reads_as",
            field=models.CharField(editable=False, max_length=900, null=True, unique=True),
        ),
        migrations.AlterField(
            model_name="code",
            name="reads_as",
            field=models.CharField(editable=False, max_length=900, unique=True),
        ),
        migrations.AddConstraint(
            model_name="code",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["paid", "promo", "compensation"])),
                name="code_of_a_known_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="code",
            constraint=models.CheckConstraint(
                condition=models.Q(("reads_as", ""), _negated=True), name="code_reads_as_something"
            ),
        ),
    ]
