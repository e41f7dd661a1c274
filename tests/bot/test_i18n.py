"""Sentences in the reader's language."""

import asyncio

import pytest

from bot.i18n import LOCALES, N_, _, catalogue, current_locale, n_, negotiate, use_locale
from tests import catalogues

CANCEL = "Nothing is open, so nothing was discarded."


@pytest.mark.parametrize(
    ("code", "locale"),
    [
        ("zh", "zh_Hans"),
        ("zh-hans", "zh_Hans"),
        ("zh-hant", "zh_Hans"),
        ("zh-CN", "zh_Hans"),
        ("zh-TW", "zh_Hans"),
        ("en", "en"),
        ("en-US", "en"),
        ("EN", "en"),
        ("fr", "xx"),
        ("english", "xx"),
        ("", "xx"),
        (None, "xx"),
    ],
)
def test_a_telegram_language_code_becomes_a_locale_or_the_default(
    code: str | None, locale: str
) -> None:
    assert negotiate(code, "xx") == locale


def test_every_locale_the_product_speaks_is_held_complete() -> None:
    assert set(LOCALES) == set(catalogues.LOCALES)
    assert {locale: len(catalogue(locale)) > 100 for locale in LOCALES} == dict.fromkeys(
        LOCALES, True
    )


def test_a_sentence_is_said_in_the_current_locale() -> None:
    with use_locale("en"):
        assert _(CANCEL) == CANCEL
    with use_locale("zh_Hans"):
        said = _(CANCEL)
    assert said != CANCEL
    assert not said.isascii()


def test_an_unknown_sentence_stays_as_it_is() -> None:
    with use_locale("zh_Hans"):
        assert _("no such sentence") == "no such sentence"
        assert n_("one x", "{n} x", 2) == "{n} x"
    assert N_(CANCEL) == CANCEL


def test_a_plural_is_chosen_by_the_number() -> None:
    forms = ("{n} file", "{n} files")
    with use_locale("en"):
        assert [n_(*forms, n).format(n=n) for n in (0, 1, 2)] == ["0 files", "1 file", "2 files"]
    with use_locale("zh_Hans"):
        assert len({n_(*forms, n) for n in (0, 1, 2)}) == 1


def test_a_locale_ends_with_its_block_also_when_it_fails() -> None:
    before = current_locale()
    with pytest.raises(LookupError), use_locale("en"):
        raise LookupError
    assert current_locale() == before


async def test_people_answered_at_once_each_hear_their_own_language() -> None:
    async def say(locale: str) -> tuple[str, str]:
        with use_locale(locale):
            before = _(CANCEL)
            await asyncio.sleep(0)
            return before, _(CANCEL)

    for before, after in await asyncio.gather(*map(say, ["en", "zh_Hans"] * 20)):
        assert before == after
