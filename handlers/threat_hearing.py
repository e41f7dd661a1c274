"""Whom a threat must not reach: a colleague who is the person it is about."""

from collections.abc import Iterable
from typing import Any

from cryptography.exceptions import InvalidTag

from bot.crypto import Cipher
from handlers import threat_words
from models.hearing import is_named
from models.people import Actor


def is_about(cipher: Cipher, row: Any, actor: Actor) -> bool:
    """Whether a threat names the actor as the person to watch; who is threatened by them is named in the account."""
    try:
        person = threat_words.person(row, cipher)
    except InvalidTag:
        return False
    return is_named(actor.display_name, person)


def not_about(cipher: Cipher, row: Any, actors: Iterable[Actor]) -> list[Actor]:
    """Those of the actors whom the threat is not about."""
    return [actor for actor in actors if not is_about(cipher, row, actor)]
