"""Injured people: by who they are and WHO's degree, withdrawn but kept, grave harm proposing a higher severity."""

import pytest

from tests.handlers.casing import FIRST, Casework
from tests.people import Cast
from tests.said import first_line


async def test_each_degree_is_explained_in_half_a_sentence(work: Casework) -> None:
    await work.report()
    said = await work.answer(f"harm:list:{FIRST}", "[Staff]")
    assert first_line(said) == "How badly? (WHO's degrees of harm)"
    assert len(said.text.splitlines()) == 6
    assert "Mild: slight symptoms or injury; observed or simply treated" in said.text


async def test_several_are_added_and_counted(work: Casework) -> None:
    await work.report()
    said = await work.answer(f"harm:list:{FIRST}", "[Staff]", "[Mild]")
    assert said.button("Add a person") == f"harm:add:{FIRST}"
    for who, harm in (("Patient", "No harm"), ("Staff", "Mild"), ("Staff", "Moderate")):
        await work.answer(f"harm:add:{FIRST}", f"[{who}]", f"[{harm}]")
    said = await work.press(f"case:{FIRST}")
    assert "Injured: 1 Staff (Moderate), 2 Staff (Mild), 1 Patient (No harm)" in said.text
    assert work.steps("injured")[0].data == {"who": "staff", "harm": "mild"}


async def test_one_entered_by_mistake_is_withdrawn_after_a_second_press_and_kept(
    work: Casework, cast: Cast
) -> None:
    await work.report()
    await work.answer(f"harm:add:{FIRST}", "[Visitor]", "[Mild]")
    said = await work.press(f"harm:list:{FIRST}")
    said = await work.press(said.button("Withdraw: Visitor"))
    assert first_line(said).startswith("Withdraw Visitor · Mild from")
    assert work.read("SELECT withdrawn_by FROM injury") == [(None,)]
    sure = said.button("Withdraw")
    said = await work.press(sure)
    assert first_line(said) == f"Withdrawn from {FIRST}: Visitor · Mild."
    assert work.read("SELECT withdrawn_by FROM injury") == [(cast.officer.id,)]
    assert [step.kind for step in work.steps()][-1] == "injury_withdrawn"
    assert "Injured" not in (await work.press(f"case:{FIRST}")).text
    for again in (sure, sure.replace("gone", "drop")):
        said = await work.press(again, by=cast.admin)
        assert said.toasts == ["This entry was withdrawn already. Nothing was changed."]
    assert len(work.steps("injury_withdrawn")) == 1


@pytest.mark.parametrize(
    ("harm", "label", "severity"), [("Severe", "major", "major"), ("Death", "extreme", "extreme")]
)
async def test_grave_harm_proposes_a_higher_severity_and_changes_none(
    work: Casework, harm: str, label: str, severity: str
) -> None:
    await work.report()
    said = await work.answer(f"harm:add:{FIRST}", "[Patient]", f"[{harm}]")
    assert work.row().severity == "serious"
    assert f"Raise to {label}" in (await work.press(f"case:{FIRST}")).buttons
    said = await work.answer(said.button("Raise"), "he is in surgery", "[Submit]")
    assert work.row().severity == severity
    assert "Raise to" not in str((await work.press(f"case:{FIRST}")).buttons)


async def test_mild_harm_and_a_case_that_is_grave_already_propose_nothing(work: Casework) -> None:
    await work.report()
    said = await work.answer(f"harm:add:{FIRST}", "[Staff]", "[Moderate]")
    assert "Raise" not in str(said.buttons)
    second = await work.report("Fire")
    said = await work.answer(f"harm:add:{second}", "[Staff]", "[Severe]")
    assert "Raise" not in str(said.buttons)


async def test_somebody_called_enters_injuries_but_does_not_raise(
    work: Casework, cast: Cast
) -> None:
    await work.alarm()
    leader = work.colleague("leader", 190)
    await work.call_again()
    said = await work.answer(f"harm:add:{FIRST}", "[Staff]", "[Death]", by=leader)
    assert "Raise" not in str(said.buttons)
    assert len(work.steps("injured")) == 1


async def test_forged_presses_change_nothing(work: Casework, cast: Cast) -> None:
    await work.report()
    await work.answer(f"harm:add:{FIRST}", "[Staff]", "[Mild]")
    other = cast["QP02"]["officer"]
    for data in ("harm:drop:1", "harm:gone:1", "harm:gone:²", "harm:gone:", f"harm:add:{FIRST}"):
        said = await work.press(data, by=other)
        assert said.toasts == ["There is no such record in your hospital."]
    for data in ("harm:gone:1", f"harm:list:{FIRST}"):
        said = await work.press(data, by=cast.guard)
        assert said.toasts == ["This case is not yours to change; the safety office can help."]
    assert (await work.press("harm:odd:1")).toasts
    assert work.read("SELECT withdrawn_at FROM injury") == [(None,)]


async def test_a_case_settled_meanwhile_takes_no_injury(work: Casework, cast: Cast) -> None:
    await work.report()
    said = await work.answer(f"harm:add:{FIRST}", "[Staff]", by=cast.admin)
    pending = said.to(cast.admin.user_id).button("Mild")
    await work.answer(f"move:false:{FIRST}", "nothing happened")
    said = await work.press(pending, by=cast.admin)
    assert f"{FIRST} is already: false alarm. Nothing was changed." in said.toasts
    assert work.read("SELECT id FROM injury") == []
