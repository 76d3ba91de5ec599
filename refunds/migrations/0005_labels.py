"""Grounds, states and bases carry the words that people read. The database does not change."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("refunds", "0004_misses_by_publisher"),
    ]

    operations = [
        migrations.AlterField(
            model_name="case",
            name="grounds",
            field=models.CharField(
                choices=[
                    ("out_of_window", "The time for a refund is over"),
                    ("never_downloaded", "I never downloaded it"),
                    ("downloaded_by_mistake", "It was downloaded by mistake"),
                    ("not_as_described", "It is not as described"),
                    ("defective", "It does not work"),
                    ("incompatible", "It does not work with my software"),
                    ("rights_infringement", "It infringes somebody's rights"),
                    ("removed_from_store", "It was removed from the store"),
                    ("duplicate_charge", "I was charged twice"),
                    ("server_error", "The store made a technical error"),
                    ("credits_wrong", "My credits are wrong"),
                    ("other", "Something else"),
                ],
                max_length=25,
            ),
        ),
        migrations.AlterField(
            model_name="case",
            name="state",
            field=models.CharField(
                choices=[
                    ("waiting_for_publisher", "Waiting for the publisher"),
                    ("waiting_for_customer", "Waiting for the customer"),
                    ("waiting_for_support", "Waiting for support"),
                    ("waiting_for_second_agent", "Waiting for a second agent"),
                    ("approved", "Approved"),
                    ("rejected", "Rejected"),
                    ("answered", "Answered"),
                    ("withdrawn", "Withdrawn"),
                    ("closed_by_refund", "Closed by a refund"),
                ],
                max_length=25,
            ),
        ),
        migrations.AlterField(
            model_name="refund",
            name="basis",
            field=models.CharField(
                choices=[
                    ("policy", "Refunded under the refund policy"),
                    ("publisher_authorised", "Refunded with the publisher's authorisation"),
                    ("duplicate_charge", "Refunded as a duplicate charge"),
                    ("server_error", "Refunded after a server error"),
                    ("removed_from_store", "Removed from the store"),
                    ("goodwill", "Refunded by the store"),
                ],
                max_length=20,
            ),
        ),
    ]
