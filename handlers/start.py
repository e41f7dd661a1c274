"""/start, /help, /language, /privacy, /cancel: joining with a code, finding one's way, leaving off."""

from functools import cached_property
from typing import Any

from sqlalchemy import update

from bot.command_words import by_word, read_given
from bot.i18n import LOCALES, _, current_locale, n_, use_locale
from bot.incoming import Incoming
from bot.menus import member_menu
from bot.messages import Button, Outgoing
from bot.registry import Registry
from bot.turn import Turn
from bot.typed import plain
from handlers import words
from handlers.registers import patrol
from handlers.roles import REPORTERS
from handlers.shifts import is_uncalled
from models import audit
from models.danger import is_cry
from models.duty import was_on_duty
from models.invite import CodeRefused, check_code, count_wrong_try, own_code, use_invite
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
            self._welcome_back(turn, _("You are signed in."))

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
        if turn.member is not None and own_code(turn.conn, code, turn.member, now=turn.now):
            here = _("You are in {hospital} already; nothing was used up.")
            self._welcome_back(turn, here.format(hospital=turn.member.hospital.name))
            return
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
        if not use_invite(turn.conn, admission, telegram_id=telegram_id, now=turn.now):
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
        hello = _("Welcome, {name}.").format(name=joined.display_name)
        self._welcome(turn, joined, hello, off_duty=is_uncalled(turn.conn, joined))

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

    def _welcome(
        self, turn: Turn, member: Actor, first_line: str, *, off_duty: bool = False
    ) -> None:
        place = f" · {member.department}" if member.department else ""
        lines = [
            first_line,
            f"{member.hospital.name}{place} · {words.role(member.role)}",
        ]
        how, keyboard = (
            _("Use the buttons below, or just write to me what happened."),
            self._keyboard(member.role),
        )
        if off_duty:
            # A message has room for one kind of buttons: those that stay come first, by themselves.
            turn.send(how, markup=keyboard)
            lines.append(_("You are not on duty yet: alarms do not call you."))
            turn.send("\n".join(lines), [[Button(_("Sign on"), "duty:on")]])
        else:
            turn.send("\n".join([*lines, how]), markup=keyboard)
        self._publish(turn, member)

    def _welcome_back(self, turn: Turn, first_line: str) -> None:
        """Home again; whoever has never been on duty hears once more that no alarm calls them."""
        actor = turn.actor
        never = is_uncalled(turn.conn, actor) and not was_on_duty(turn.conn, actor.id)
        self._welcome(turn, actor, first_line, off_duty=never)

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
        """The command whose home button reads ``text`` in any language, emoji or not; None where there is none."""
        for command in self.registry.commands_for(role):
            for locale in LOCALES:
                with use_locale(locale):
                    if command.home and plain(_(command.home)) == plain(text):
                        return command
        return None

    def is_urgent(self, text: str) -> bool:
        """Whether ``text`` calls for help: an urgent command's home button or word in any language, or a cry."""
        given = read_given(text)
        word = given.word if given else ""
        return text in self._urgent_labels or word in self._urgent_words or is_cry(text)

    @cached_property
    def _urgent_words(self) -> frozenset[str]:
        return frozenset(by_word(each for each in self.registry.commands if each.urgent))

    @cached_property
    def _urgent_labels(self) -> frozenset[str]:
        found = set()
        for locale in LOCALES:
            with use_locale(locale):
                found |= {_(c.home) for c in self.registry.commands if c.urgent and c.home}
        return frozenset(found)


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
    """One polite sentence that says nothing about any hospital; to whoever calls for help first that nobody comes."""
    lines = [
        _(
            "Hello, this is WardWatch. It works by invitation: please ask your administrator for a link."
        )
    ]
    if _calls(turn.incoming):
        lines.insert(
            0, _("I do not know you here and cannot call anybody for you: in danger, dial 110.")
        )
    turn.toast("\n".join(lines))


def _calls(incoming: Incoming) -> bool:
    """Whether a stranger calls for help: by words, by the command, by a button of former times."""
    said = incoming.text
    pressed = incoming.data.startswith("cry:help:")
    return pressed or "🆘" in said or f"{said} ".startswith("/sos ") or is_cry(said)


def refuse_command(turn: Turn) -> None:
    """Answer a command that does not exist."""
    _member = turn.actor
    turn.send(_("I do not know this command. /help lists what you can do. Your open form is kept."))
