"""Room for so many requests at once: whoever waits for something else than the store keeps nobody out."""

import threading

import pytest

from doors import room

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def room_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "_places", threading.BoundedSemaphore(1))
    monkeypatch.setattr(room, "WAIT_SECONDS", 0.05)
    monkeypatch.setattr(room, "close_old_connections", lambda: None)


def somebody_else_finds_room() -> bool:
    answers: list[bool] = []

    def come() -> None:
        with room.place() as found:
            answers.append(found)

    visitor = threading.Thread(target=come)
    visitor.start()
    visitor.join(5)
    return answers[0]


def test_a_full_room_lets_nobody_in_and_an_empty_one_does() -> None:
    with room.place() as found:
        assert (found, somebody_else_finds_room()) == (True, False)
    assert somebody_else_finds_room()


def test_whoever_waits_outside_leaves_the_place_to_others_and_has_it_again_afterwards() -> None:
    with room.place():
        with room.waiting_outside():
            assert somebody_else_finds_room()
        assert not somebody_else_finds_room()
    assert somebody_else_finds_room()


def test_whoever_never_came_in_waits_where_they_are() -> None:
    with room.waiting_outside():
        assert somebody_else_finds_room()
