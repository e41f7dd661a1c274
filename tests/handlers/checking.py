"""Answering self-checks on the stage: every question by what it shows."""

from tests.people import Person
from tests.said import Said
from tests.stage import Stage

TYPED = {"3.1.3": "90", "4.3.1": "1.5", "4.3.2": "No such cases", "5.2.1": "95 94"}


class SelfChecks:
    """Officers at the self-check."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    async def begin(self, person: Person) -> Said:
        """The first question, or how it stands."""
        return await self.stage.says(person, "/selfcheck")

    async def answer(self, person: Person, said: Said, **answers: str) -> Said:
        """Answer until the card; ``l1_2_a="No"`` for one line, everything else is met."""
        wanted = {key[1:].replace("_", "."): value for key, value in answers.items()}
        for _step in range(60):
            if any("Submit" in label for label in said.buttons):
                return said
            said = await self._one(person, said, wanted)
        raise AssertionError(said.text)

    async def _one(self, person: Person, said: Said, wanted: dict[str, str]) -> Said:
        if "Without evidence" in said.text:
            return await self.stage.presses(person, said.button("Skip"))
        line = next(each for each in said.text.splitlines() if "/" in each.split(" ")[0])
        question = line.split(" ")[1]
        answer = wanted.get(question, TYPED.get(question, "Met"))
        if question == "1.1":
            answer = wanted.get(question, "Top leader")
        found = [data for label, data in said.buttons.items() if label == answer]
        if found:
            return await self.stage.presses(person, found[0])
        return await self.stage.says(person, answer)

    async def submit(self, person: Person, said: Said) -> Said:
        """Press submit on the card."""
        return await self.stage.presses(person, said.button("Submit"))

    async def finish(self, person: Person, **answers: str) -> Said:
        """A whole self-check of what is this person's."""
        card = await self.answer(person, await self.begin(person), **answers)
        return await self.submit(person, card)

    async def assign(self, admin: Person, section: str, name: str) -> Said:
        """Say whose a section is."""
        said = await self.stage.presses(admin, f"check:{section}:assign")
        label = next(each for each in said.buttons if each.startswith(name))
        said = await self.stage.presses(admin, said.buttons[label])
        return await self.stage.presses(admin, said.button("Assign"))
