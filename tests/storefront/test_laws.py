"""What was sold is not edited, and the database knows the law too."""

import pytest
from django.db import DatabaseError, connection, transaction

from storefront.documents import document_pdf
from tests.world import buy

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE storefront_purchase SET credits_spent = 1",
        "UPDATE storefront_purchase SET number = 'IN010000000009'",
        "UPDATE storefront_purchaseitem SET original_price = 1",
        "UPDATE storefront_purchaseitem SET share = 1",
        "UPDATE storefront_invoice SET facts = '{}'",
        "UPDATE storefront_document SET pdf = ''",
        "UPDATE storefront_download SET cause = 'dependency'",
        "DELETE FROM storefront_download",
        "DELETE FROM storefront_document",
        "DELETE FROM storefront_invoice",
        "DELETE FROM storefront_purchaseitem",
        "DELETE FROM storefront_purchase",
        "UPDATE storefront_terms SET window_days = 1",
    ],
)
def test_what_was_sold_is_not_edited_even_past_the_orm(ada, oak, statement):
    document_pdf(buy(ada, oak, downloaded=[oak]).number)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("purchase", {"asset": None}),
        ("purchase", {"credits_spent": -1}),
        ("purchase", {"credits_spent": 2**53}),
        ("purchase", {"completed_at": None}),
        ("purchase", {"payment": None}),
        ("purchase", {"downloaded_count": 2}),
        ("item", {"share": -1}),
        ("item", {"original_price": 2**53}),
        ("item", {"kept_share": -1}),
    ],
)
def test_the_database_knows_the_law_too(ada, oak, fern, table, change):
    purchase = buy(ada, oak)
    row = purchase if table == "purchase" else purchase.items.get()
    other = {"number": "IN010000000009"} if table == "purchase" else {"asset": fern}
    for name, value in {"pk": None, **other, **change}.items():
        setattr(row, name, value)
    with pytest.raises(DatabaseError, match=r"(?i)check"), transaction.atomic():
        row.save(force_insert=True)
