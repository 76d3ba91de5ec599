"""The letters as a developer sees them: in DEBUG alone, each in a frame that may do nothing."""

import uuid

import pytest
from django.urls import NoReverseMatch, include, path, reverse

from outbox import letters
from outbox.models import Message
from tests.world import NOW, buy, write_letters

pytestmark = pytest.mark.django_db
urlpatterns = [path("", include("config.urls")), path("", include("doors.shop.debug_urls"))]


def test_without_debug_there_is_no_such_page(client):
    with pytest.raises(NoReverseMatch):
        reverse("letters")
    assert client.get("/letters/").status_code == 404


@pytest.mark.urls("tests.outbox.test_letters_page")
class TestPages:
    @pytest.fixture
    def message(self, ada):
        data = {"credits": 70, "kind_words": "paid", "why": "<b>Hi</b>", "balance": 70}
        return letters.queue(template="credits_arrived", to=ada, data=data, now=NOW)

    def test_the_list_names_each_letter(self, client, message):
        page = client.get("/letters/").content.decode()
        assert "70 credits are in your wallet" in page
        assert "ada@example.com" in page
        assert "Waiting for the worker" in page

    def test_an_empty_list_says_what_to_do(self, client):
        assert "No letters yet" in client.get("/letters/").content.decode()

    def test_a_letter_stands_in_a_frame_and_as_text(self, client, message):
        page = client.get(f"/letters/{message.pk}/").content.decode()
        assert f'src="/letters/{message.pk}/html/"' in page
        assert "&lt;b&gt;Hi&lt;/b&gt;" in page
        assert "<b>Hi</b>" not in page

    def test_the_frame_s_page_may_do_nothing_but_style_itself(self, client, message):
        response = client.get(f"/letters/{message.pk}/html/")
        policy = response["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "sandbox" in policy
        assert "script-src" not in policy
        assert response["X-Frame-Options"] == "SAMEORIGIN"

    def test_a_letter_that_never_was_is_not_found(self, client):
        assert client.get(f"/letters/{uuid.uuid4()}/").status_code == 404

    def test_an_act_whose_letters_are_still_to_be_written_is_none_of_them(self, client, ada, oak):
        buy(ada, oak)
        act = Message.objects.get()
        assert str(act.pk) not in client.get("/letters/").content.decode()
        assert client.get(f"/letters/{act.pk}/").status_code == 404
        write_letters()
        assert "You bought Oak trees for 40 credits" in client.get("/letters/").content.decode()

    def test_a_letter_without_words_does_not_hide_the_others(self, client, ada, message):
        letters.queue(template="nowhere", to=ada, data={}, now=NOW)
        assert "70 credits are in your wallet" in client.get("/letters/").content.decode()
