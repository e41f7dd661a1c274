"""What the stand-in says no with, in the words of Telegram's own server."""


class RefusedError(Exception):
    """A call that Telegram answers with ``ok: false``: its HTTP status and its description."""

    def __init__(
        self,
        status: int,
        description: str,
        *,
        retry_after: int | None = None,
        migrate_to: int | None = None,
    ) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.retry_after = retry_after
        self.migrate_to = migrate_to


def bad_request(what: str) -> RefusedError:
    """Status 400; ``what`` follows "Bad Request: "."""
    return RefusedError(400, f"Bad Request: {what}")
