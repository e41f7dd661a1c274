"""Who hears at once of what is filed."""

from bot.turn import Turn
from models.people import DUTY_ROLES, Actor, reachable_actors


def on_duty(turn: Turn) -> list[Actor]:
    """The hospital's officers and administrators who can be reached, without the one who acts."""
    found = reachable_actors(turn.conn, turn.actor.hospital.id, DUTY_ROLES)
    return [actor for actor in found if actor.id != turn.actor.id]
