"""create_api_key: the key alone on the last line, this once."""

import pytest
from django.core.management import CommandError, call_command

from accounts.keys import CUSTOMER_SCOPES, find_key
from accounts.models import ApiKey, Publisher, User
from tests.world import NOW


def made(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    call_command("create_api_key", *arguments)
    return capsys.readouterr().out.splitlines()[-1]


def test_the_last_line_is_the_key_and_nothing_of_it_is_stored(
    ada: User, capsys: pytest.CaptureFixture[str]
) -> None:
    text = made(capsys, "Ada@example.com", "--name", "desktop")
    row = ApiKey.objects.get()
    assert find_key(text, now=NOW) == row
    assert (row.owner, row.name, row.scopes, row.publisher) == (ada, "desktop", list(CUSTOMER_SCOPES), None)
    assert text.partition("_")[2] not in str(vars(row))


def test_scopes_are_as_small_as_named(ada: User, capsys: pytest.CaptureFixture[str]) -> None:
    made(
        capsys, ada.email, "--scope", "purchases:read", "--scope", "credits:read", "--scope", "purchases:read"
    )
    assert ApiKey.objects.get().scopes == ["purchases:read", "credits:read"]


def test_a_publishers_key_and_a_stores_key(
    gil: User, grove: Publisher, lea: User, capsys: pytest.CaptureFixture[str]
) -> None:
    of_grove = find_key(made(capsys, gil.email, "--publisher", "grove"), now=NOW)
    of_store = find_key(made(capsys, lea.email, "--store"), now=NOW)
    assert of_grove
    assert of_store
    assert (of_grove.publisher, of_grove.scopes) == (grove, ["publisher:read", "publisher:write"])
    assert (of_store.publisher, of_store.scopes) == (None, ["store:write"])


@pytest.mark.parametrize(
    "arguments",
    [
        ["nobody@example.com"],
        ["ada@example.com", "--store"],
        ["ada@example.com", "--publisher", "grove"],
        ["ada@example.com", "--publisher", "nothing"],
        ["ada@example.com", "--scope", "store:write"],
        ["ada@example.com", "--scope", "publisher:read"],
        ["ada@example.com", "--publisher", "grove", "--store"],
        ["ada@example.com", "--name", "x" * 101],
    ],
)
def test_what_cannot_be_is_one_sentence_and_no_key(ada: User, grove: Publisher, arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("create_api_key", *arguments)
    assert not ApiKey.objects.exists()


def test_somebody_deactivated_gets_none(ada: User) -> None:
    User.objects.filter(pk=ada.pk).update(is_active=False)
    with pytest.raises(CommandError, match="no active user"):
        call_command("create_api_key", ada.email)
