"""A further part of an album has joined a record: whoever saw the first part is shown it as well."""

from typing import Any

from bot.turn import Turn
from handlers.casework import refresh
from handlers.cries import follow_cry
from handlers.filing.submitted import send_after
from handlers.relay import pass_on_more
from models.album import DRAFT
from models.incident import incident_of_addition


def show_joined(turn: Turn, subject: str, subject_id: int) -> None:
    """Bring up to date who follows a record that has just got one more file."""
    incident_id: Any = subject_id if subject in ("incident", "case") else None
    if subject == DRAFT:
        follow_cry(turn)
    if subject == "addition":
        incident_id = incident_of_addition(turn.conn, subject_id)
    if incident_id is not None:
        refresh(turn, incident_id)
        pass_on_more(turn, incident_id)
    elif subject == "filing":
        send_after(turn, subject_id)
