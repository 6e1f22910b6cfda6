"""Several people at the same moment."""

from collections.abc import Callable, Sequence
from threading import Barrier, Thread
from typing import Any

PATIENCE = 30


def at_once(works: Sequence[Callable[[], Any]]) -> list[Any]:
    """Let all works begin at the same moment, each in a thread; their answers, or the errors that ended them."""
    barrier, answers = Barrier(len(works)), [None] * len(works)

    def run(number: int) -> None:
        barrier.wait(PATIENCE)
        try:
            answers[number] = works[number]()
        except Exception as error:
            answers[number] = error

    threads = [Thread(target=run, args=(number,), daemon=True) for number in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert not any(thread.is_alive() for thread in threads), "somebody still waits"
    return answers


def kinds(answers: Sequence[Any]) -> list[str]:
    return sorted(type(answer).__name__ for answer in answers)
