"""Failures that a test orders in advance."""

from dataclasses import dataclass

from bot.sandbox.refusals import RefusedError

__all__ = ["Failure", "Failures"]


@dataclass(slots=True, kw_only=True)
class Failure:
    """The next ``times`` calls of a method fail, before their effect or once ``applied``."""

    method: str
    chat_id: int | None
    refused: RefusedError
    times: int
    applied: bool


class Failures:
    """What is ordered and has not come yet, oldest first."""

    def __init__(self) -> None:
        self._ordered: list[Failure] = []

    def order(self, failure: Failure) -> None:
        """Have calls fail from now on."""
        self._ordered.append(failure)

    def take(self, method: str, chat_id: int) -> Failure | None:
        """The failure of this call, None when it may go through."""
        for failure in self._ordered:
            if failure.method == method and failure.chat_id in (None, chat_id):
                failure.times -= 1
                if failure.times <= 0:
                    self._ordered.remove(failure)
                return failure
        return None
