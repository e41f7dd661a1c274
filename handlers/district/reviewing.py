"""What the commission says of a filing: taken, or sent back with a comment. The first word counts for colleagues."""

from typing import Any

from bot.forms import Form, Question
from bot.i18n import _
from bot.incoming import row_of
from bot.kinds import Text
from bot.messages import Button, Buttons, Priority
from bot.registry import Conversation, Finished
from bot.turn import Turn, tell_each
from handlers import words
from handlers.district.seen import hospitals_seen, named
from handlers.roles import COMMISSION, DUTY
from models import audit
from models.filing import filing_by_id, last_review, list_versions, review
from models.obligation import obligation_by_id
from models.people import Actor, reachable_actor, reachable_actors


def press_review(turn: Turn) -> None:
    """``review:FILING:accept`` takes a version, ``review:FILING:return`` asks what is wrong with it."""
    number, _sep, verb = turn.incoming.data.partition(":")[2].partition(":")
    found = _to_review(turn, row_of(number))
    if found is None:
        return
    filing, paper = found
    if verb == "accept":
        _accept(turn, filing, paper)
    elif verb == "return":
        turn.talks.begin(turn, "review_return", params={"filing": filing.id}, answers={})
    else:
        turn.toast(_("This button is no longer in use. /help lists what you can do."))


def _to_review(turn: Turn, filing_id: int) -> tuple[Any, Any] | None:
    """The newest version of a paper of the district, and the paper; None, with a note, where it is not to be reviewed.

    Whoever spoke may think again; what a colleague has said stands.
    """
    filing = filing_by_id(turn.conn, filing_id)
    if filing is None or filing.hospital_id not in hospitals_seen(turn):
        turn.toast(_("This paper is not here any more."))
        return None
    if list_versions(turn.conn, filing.obligation_id)[-1].id != filing.id:
        turn.toast(_("A newer version has come. Please look at that one."))
        return None
    said = last_review(turn.conn, filing.id)
    if said is not None and said.member_id != turn.actor.id:
        turn.toast(_spoken(said))
        return None
    return filing, obligation_by_id(turn.conn, filing.hospital_id, filing.obligation_id)


def _spoken(said: Any) -> str:
    if said.verdict == "accepted":
        return _("{who} has taken it already.").format(who=said.display_name)
    return _("{who} has sent it back already: {comment}").format(
        who=said.display_name, comment=said.comment
    )


def _accept(turn: Turn, filing: Any, paper: Any) -> None:
    if not _say(turn, filing, "accepted", ""):
        turn.toast(_("You have taken it already."))
        return
    name = words.paper(paper.code, paper.subject, paper.period_end)
    hospital = hospitals_seen(turn)[filing.hospital_id]
    tell_each(
        turn,
        _readers(turn, filing, amending=False),
        lambda _reader: (_taken(paper), []),
        priority=Priority.NOTICE,
    )
    turn.say(_("✅ Taken: {hospital}, {paper}").format(hospital=named(hospital), paper=name))


def _taken(paper: Any) -> str:
    name = words.paper(paper.code, paper.subject, paper.period_end)
    return _("✅ The district has taken it: {paper}").format(paper=name)


def _say(turn: Turn, filing: Any, verdict: str, comment: str) -> bool:
    said = review(
        turn.conn,
        filing.id,
        verdict=verdict,
        comment=comment,
        member_id=turn.actor.id,
        at=turn.now,
    )
    if said:
        audit.note(
            turn.conn,
            at=turn.now,
            action=f"filing.{verdict}",
            subject=str(filing.id),
            hospital_id=filing.hospital_id,
            member_id=turn.actor.id,
        )
    return said


def _readers(turn: Turn, filing: Any, *, amending: bool) -> list[Actor]:
    """Whoever filed it; where they cannot be reached, or not amend it, also the safety office."""
    filer = reachable_actor(turn.conn, filing.member_id)
    if filer is not None and filer.hospital.id != filing.hospital_id:
        filer = None
    found = [filer] if filer else []
    if filer is None or (amending and filer.role not in DUTY):
        found += reachable_actors(turn.conn, filing.hospital_id, DUTY)
    return list({each.id: each for each in found}.values())


# -- sending it back -------------------------------------------------------------------------------


def build_return(_params: dict[str, Any]) -> Form:
    """One question: what is to be put right."""
    return Form(
        name="review_return",
        version=1,
        title=lambda _view: _("sending a filing back"),
        questions=(
            Question(
                key="comment",
                kind=Text(longest=500),
                ask=lambda _view: _(
                    "What is to be put right? One sentence, for example: the figures of June are missing."
                ),
                label=lambda _view: _("comment"),
            ),
        ),
    )


def complete_return(turn: Turn, finished: Finished) -> None:
    """Keep the comment and let whoever filed it amend it; the deadline is not opened again."""
    found = _to_review(turn, finished.view.params["filing"])
    if found is None:
        return
    filing, paper = found
    comment = finished.answers["comment"]
    if not _say(turn, filing, "returned", comment):
        turn.say(_("You have sent it back already."))
        return
    readers = _readers(turn, filing, amending=True)
    tell_each(
        turn, readers, lambda reader: _returned(reader, paper, comment), priority=Priority.NOTICE
    )
    name = words.paper(paper.code, paper.subject, paper.period_end)
    hospital = named(hospitals_seen(turn)[filing.hospital_id])
    text = _("Sent back: {hospital}, {paper}").format(hospital=hospital, paper=name)
    if not readers:
        text += "\n" + _("Nobody there can be reached here: please phone them.")
    turn.say(text)


def _returned(reader: Actor, paper: Any, comment: str) -> tuple[str, Buttons]:
    name = words.paper(paper.code, paper.subject, paper.period_end)
    lines = [
        _("📌 Please amend: the district has sent back {paper}").format(paper=name),
        _("It says: {comment}").format(comment=comment),
        _("The date of the first filing still counts; nothing becomes late by amending."),
    ]
    if reader.role not in DUTY:
        return "\n".join(lines), []
    return "\n".join(lines), [[Button(_("Amend it"), f"filings:{paper.id}:amend")]]


REVIEW_RETURN = Conversation(
    name="review_return",
    version=1,
    roles=COMMISSION,
    build=build_return,
    complete=complete_return,
)
