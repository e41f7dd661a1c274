"""Playing the registers: an entry or a step from its button to its number."""

import re
from dataclasses import dataclass
from typing import Any

from models.entry import entry_by_number, list_steps
from tests.people import Cast, Person
from tests.said import Said
from tests.stage import Stage

PHOTO = {
    "photo": [{"file_id": "p1", "file_unique_id": "u1", "width": 9, "height": 9, "file_size": 1000}]
}
_NUMBER = re.compile(r"QP\d\d-[A-Z]\d{4}-\d{4,}")


@dataclass(frozen=True)
class Says:
    """Words typed where everything else in a play is the label of a button."""

    text: str


class Registers:
    """Everything a person does with an entry, through the product's own buttons."""

    def __init__(self, stage: Stage, cast: Cast) -> None:
        self.stage, self.cast = stage, cast

    async def play(self, person: Person, said: Said, *acts: Any) -> Said:
        """Go on from what was said: type ``Says``, send a dict as a message, press anything else by its label."""
        for act in acts:
            mine = said.to(person.user_id)
            if isinstance(act, Says):
                said = await self.stage.says(person, act.text)
            elif isinstance(act, dict):
                said = await self.stage.sends(person, act)
            else:
                said = await self.stage.presses(person, mine.button(act))
        return said

    async def enter(self, person: Person, kind: str, *acts: Any) -> Said:
        """Enter into a register; what the last act brought to anybody."""
        said = await self.stage.presses(person, f"enter:{kind}")
        return await self.play(person, said, *acts, "Submit")

    async def step(self, person: Person, number: str, move: str, *acts: Any) -> Said:
        """Do one step about an entry."""
        said = await self.stage.presses(person, f"entry:{number}:{move}")
        return await self.play(person, said, *acts, "Submit")

    async def hazard(self, person: Person, place: str = "stairwell B") -> str:
        """A hazard as it is entered fastest; its number."""
        said = await self.enter(person, "hazard", Says("the rail is loose"), Says(place))
        return number_of(said)

    async def complaint(self, person: Person) -> str:
        """A complaint; its number."""
        return number_of(await self.enter(person, "complaint", Says("waited four hours")))

    async def dispute(self, person: Person) -> str:
        """A dispute; its number."""
        return number_of(await self.enter(person, "dispute", Says("the bill is contested")))

    def row(self, number: str) -> Any:
        """The entry as it is stored."""
        hospital = self.cast.hospital(number.partition("-")[0])
        return self.stage.db.run_now(lambda conn: entry_by_number(conn, hospital.id, number))

    def state(self, number: str) -> str:
        """The state of an entry."""
        return str(self.row(number).state)

    def steps(self, number: str) -> list[tuple[str, str]]:
        """(what, words) of every step about an entry."""
        entry_id = self.row(number).id
        rows = self.stage.db.run_now(lambda conn: list_steps(conn, entry_id))
        return [(row.kind, row.words) for row in rows]


def number_of(said: Said) -> str:
    """The first register number in what was said."""
    found = _NUMBER.search(said.text)
    assert found, said.text
    return found[0]
