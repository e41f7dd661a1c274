"""Moments in words people use: 今天21:42, 7月10日（周五）24:00, 还有3天."""

from datetime import date, datetime, time, timedelta, tzinfo

from babel.dates import format_date

from bot.i18n import _, current_locale, n_

_DAY = {"zh_Hans": "M月d日（EEE）", "en": "EEE, MMM d"}
_DAY_YEAR = {"zh_Hans": "y年M月d日", "en": "MMM d, y"}
_LAST_SECOND = time(23, 59, 59)


def say_day(day: date, *, this_year: int) -> str:
    """A date with its weekday, or with its year where that is not this one."""
    patterns = _DAY if day.year == this_year else _DAY_YEAR
    return format_date(day, patterns[current_locale()], locale=current_locale())


def say_moment(moment: datetime, *, zone: tzinfo, now: datetime) -> str:
    """A local time, with its day unless that is today; the last second of a day is its 24:00."""
    local, today = moment.astimezone(zone), now.astimezone(zone).date()
    clock = "24:00" if local.time() == _LAST_SECOND else f"{local:%H:%M}"
    if local.date() == today:
        return _("today {clock}").format(clock=clock)
    if local.date() == today - timedelta(days=1):
        return _("yesterday {clock}").format(clock=clock)
    if local.date() == today + timedelta(days=1):
        return _("tomorrow {clock}").format(clock=clock)
    return _("{day} {clock}").format(day=say_day(local.date(), this_year=today.year), clock=clock)


def say_left(due: datetime, *, zone: tzinfo, now: datetime) -> str:
    """How long until ``due``, or since it passed: whole days by the local calendar, hours within one day."""
    days = (due.astimezone(zone).date() - now.astimezone(zone).date()).days
    if now > due:
        gone = (now - due).days
        if gone < 1:
            return _("just overdue")
        return n_("{n} day overdue", "{n} days overdue", gone).format(n=gone)
    if days >= 2 or (days == 1 and due - now >= timedelta(hours=24)):
        return n_("{n} day left", "{n} days left", days).format(n=days)
    hours = int((due - now) / timedelta(hours=1))
    if hours < 1:
        return _("under an hour left")
    return n_("{n} hour left", "{n} hours left", hours).format(n=hours)
