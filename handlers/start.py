"""/start, /help, /language, /privacy, /cancel: joining with a code, finding one's way, leaving off."""

from typing import Any

from sqlalchemy import update

from bot.i18n import LOCALES, _, current_locale, n_, use_locale
from bot.menus import member_menu
from bot.messages import Button, Outgoing
from bot.registry import Registry
from bot.turn import Turn
from handlers import words
from handlers.registers import patrol
from handlers.roles import REPORTERS
from models import audit
from models.invite import CodeRefused, check_code, count_wrong_try, use_invite
from models.patrol import PREFIX
from models.people import MEMBER, Actor, find_actor

LANGUAGES = {"zh_Hans": "中文", "en": "English"}
HOME_COLUMNS = 2


class Reception:
    """What needs the whole registry: greetings, help and menus are made from it."""

    def __init__(self) -> None:
        self.registry: Registry

    def start(self, turn: Turn) -> None:
        """Join with a code, or come home without one."""
        if turn.incoming.argument.lower().startswith(PREFIX):
            self._check_in(turn, turn.incoming.argument)
        elif turn.incoming.argument:
            self._join(turn, turn.incoming.argument)
        else:
            self._welcome(turn, turn.actor, _("You are signed in."))

    def _check_in(self, turn: Turn, code: str) -> None:
        """A patrol code: a member's round; a stranger hears what strangers hear, whatever the code."""
        if turn.member is None:
            patrol.count_stranger(turn, code)
            turn_stranger_away(turn)
            return
        try:
            patrol.check_in(turn, code)
        except CodeRefused as refusal:
            self._refuse(turn, refusal)

    def _join(self, turn: Turn, code: str) -> None:
        telegram_id = turn.incoming.user_id
        try:
            admission = check_code(turn.conn, code, telegram_id=telegram_id, now=turn.now)
        except CodeRefused as refusal:
            self._refuse(turn, refusal)
            return
        member = turn.member
        if member and member.hospital.id != admission.hospital_id:
            turn.send(
                _(
                    "This code is for another hospital. You are a member of {hospital}; "
                    "ask its administrator to remove you first. The code is not used up."
                ).format(hospital=member.hospital.name)
            )
            return
        if not use_invite(turn.conn, admission, telegram_id=telegram_id):
            # Somebody else took the last use at this very moment.
            self._refuse(turn, CodeRefused(left=0))
            return
        self._enrol(turn, admission)
        joined = find_actor(turn.conn, telegram_id)
        assert joined is not None
        turn.member = joined
        audit.note(
            turn.conn,
            at=turn.now,
            action="member.joined",
            subject=str(joined.id),
            hospital_id=joined.hospital.id,
            member_id=joined.id,
            role=joined.role,
        )
        self._welcome(turn, joined, _("Welcome, {name}.").format(name=joined.display_name))

    def _refuse(self, turn: Turn, refusal: CodeRefused) -> None:
        if refusal.paused_until is None:
            refusal = count_wrong_try(turn.conn, telegram_id=turn.incoming.user_id, now=turn.now)
        if refusal.paused_until:
            minutes = max(1, round((refusal.paused_until - turn.now).total_seconds() / 60))
            turn.send(
                n_(
                    "Too many wrong codes. Try again in {n} minute, or ask for a new invite link.",
                    "Too many wrong codes. Try again in {n} minutes, or ask for a new invite link.",
                    minutes,
                ).format(n=minutes)
            )
            return
        turn.send(
            n_(
                "This code is not valid: it may be mistyped, used or older than a day. {n} try left.",
                "This code is not valid: it may be mistyped, used or older than a day. {n} tries left.",
                refusal.left,
            ).format(n=refusal.left)
        )

    def _enrol(self, turn: Turn, admission: Any) -> None:
        if turn.member:
            values: dict[str, Any] = {"role": admission.role}
            if admission.department_id:
                values["department_id"] = admission.department_id
            turn.conn.execute(update(MEMBER).where(MEMBER.c.id == turn.member.id).values(**values))
            return
        from_before = {
            "telegram_id": turn.incoming.user_id,
            "hospital_id": admission.hospital_id,
            "department_id": admission.department_id,
            "role": admission.role,
            "display_name": turn.incoming.user_name[:60],
            "locale": current_locale(),
            "locale_chosen": False,
            "joined_at": turn.now,
        }
        turn.conn.execute(MEMBER.insert().values(**from_before))

    def _welcome(self, turn: Turn, member: Actor, first_line: str) -> None:
        place = f" · {member.department}" if member.department else ""
        lines = [
            first_line,
            f"{member.hospital.name}{place} · {words.role(member.role)}",
            _("Use the buttons below, or just write to me what happened."),
        ]
        turn.send("\n".join(lines), markup=self._keyboard(member.role))
        self._publish(turn, member)

    def _keyboard(self, role: str) -> dict[str, Any]:
        labels = [_(c.home) for c in self.registry.commands_for(role) if c.home]
        # The alarm, which comes first, has the whole width: it is pressed without looking.
        urgent = labels[:1] if role in REPORTERS else []
        rest = labels[len(urgent) :]
        rows = [[label] for label in urgent]
        rows += [rest[i : i + HOME_COLUMNS] for i in range(0, len(rest), HOME_COLUMNS)]
        return {
            "keyboard": [[{"text": label} for label in row] for row in rows],
            "resize_keyboard": True,
            "is_persistent": True,
        }

    def _publish(self, turn: Turn, member: Actor) -> None:
        locale = current_locale()
        menu = member_menu(self.registry, member.role, member.telegram_id, locale)
        turn.out.append(Outgoing(chat_id=member.telegram_id, method="setMyCommands", payload=menu))

    def help(self, turn: Turn) -> None:
        """What this member can do, from what is registered for the role."""
        lines = [_("What you can do here:")]
        for command in self.registry.commands_for(turn.actor.role):
            lines.append(f"/{command.name} {_(command.describe)}")
        lines.append(_("Or just write what happened: I offer to file it."))
        turn.send("\n".join(lines), markup=self._keyboard(turn.actor.role))

    def choose_language(self, turn: Turn) -> None:
        """Set the language that was pressed and show it at work."""
        locale = turn.incoming.data.partition(":")[2]
        if locale not in LOCALES:
            turn.toast(_("This button is no longer in use. /help lists what you can do."))
            return
        chosen = {"locale": locale, "locale_chosen": True}
        turn.conn.execute(update(MEMBER).where(MEMBER.c.id == turn.actor.id).values(**chosen))
        with use_locale(locale):
            turn.say(_("I will speak English with you."))
            turn.send(
                _("The buttons below are changed too."), markup=self._keyboard(turn.actor.role)
            )
            menu = member_menu(self.registry, turn.actor.role, turn.actor.telegram_id, locale)
        turn.out.append(
            Outgoing(chat_id=turn.actor.telegram_id, method="setMyCommands", payload=menu)
        )

    def home_command(self, text: str, role: str) -> Any:
        """The command whose home button reads ``text`` in any language, or None."""
        for command in self.registry.commands_for(role):
            for locale in LOCALES:
                with use_locale(locale):
                    if command.home and _(command.home) == text:
                        return command
        return None

    def is_urgent(self, text: str) -> bool:
        """Whether ``text`` is what an urgent command's home button reads, in any language."""
        labels = [each.home for each in self.registry.commands if each.urgent and each.home]
        for locale in LOCALES:
            with use_locale(locale):
                if text in map(_, labels):
                    return True
        return False


def language(turn: Turn) -> None:
    """Offer the languages."""
    _member = turn.actor
    buttons = [[Button(name, f"lang:{code}") for code, name in LANGUAGES.items()]]
    turn.send(_("Which language shall I speak?"), buttons)


def cancel(turn: Turn) -> None:
    """Discard the open form."""
    if not turn.talks.cancel(turn):
        turn.send(_("Nothing is open, so nothing was discarded."))


def privacy(turn: Turn) -> None:
    """Say plainly what is kept and who can read it."""
    _member = turn.actor
    turn.send(
        _(
            "What you file is kept in your hospital's own database and read by its safety officers and "
            "administrators.\n"
            "Threats are encrypted there. ID-card and phone numbers are masked in what is sent on.\n"
            "Confidential: colleagues do not see who reported. An administrator can open it with a reason, and you "
            "are told. Telegram and the operator of this bot still see your account.\n"
            "Telegram's servers are abroad and can see this chat: write no patient names here."
        )
    )


def turn_stranger_away(turn: Turn) -> None:
    """One polite sentence that says nothing about any hospital."""
    turn.toast(
        _(
            "Hello, this is WardWatch. It works by invitation: please ask your administrator for a link."
        )
    )


def refuse_command(turn: Turn) -> None:
    """Answer a command that does not exist."""
    _member = turn.actor
    turn.send(_("I do not know this command. /help lists what you can do. Your open form is kept."))
