"""python -m pytest tests/assistant/test_turns.py"""

import threading

from assistant.turns import Turns


def test_turns_come_in_the_order_of_asking() -> None:
    turns, order, started = Turns(), [], []

    def work(number: int) -> None:
        started.append(number)
        with turns.turn(threading.Event()) as mine:
            assert mine
            order.append(number)

    with turns.turn(threading.Event()):
        threads = [threading.Thread(target=work, args=(i,)) for i in range(5)]
        for i, thread in enumerate(threads):
            thread.start()
            while len(turns._line) < i + 2:
                pass
    for thread in threads:
        thread.join()
    assert order == list(range(5))


def test_whoever_is_stopped_while_waiting_leaves_the_line() -> None:
    turns, stop, mine = Turns(), threading.Event(), []
    with turns.turn(threading.Event()):
        stop.set()
        with turns.turn(stop) as turn:
            mine.append(turn)
    assert mine == [False]


def test_who_would_only_use_an_idle_moment_does_not_wait_for_one() -> None:
    turns = Turns()
    with turns.turn(threading.Event()), turns.turn(threading.Event(), idle_only=True) as mine:
        assert not mine
    with turns.turn(threading.Event(), idle_only=True) as mine:
        assert mine


def test_a_place_in_line_moves_up_as_those_before_leave() -> None:
    turns = Turns()
    with turns.standing() as last:
        assert turns.before(last) == 0
    with turns.standing():
        with turns.standing():
            entered = turns.standing()
            last = entered.__enter__()
            assert turns.before(last) == 2
        assert turns.before(last) == 1
    assert turns.before(last, 5.0) == 0
    entered.__exit__(None, None, None)
