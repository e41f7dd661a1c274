"""Settings: the defaults of the contract, secrets from files, and one line for whatever is wrong."""

from pathlib import Path

import pytest

from bot.settings import SettingsError, read_settings

TOKEN = "123456789:AAF-test_token"


def test_the_defaults_are_those_of_the_contract() -> None:
    settings = read_settings({"PATH": "/bin", "HOME": "/"})
    assert settings.token is None
    assert settings.api_base == "https://api.telegram.org"
    assert settings.database_url == "sqlite:///data/wardwatch.db"
    assert settings.data_dir == Path("data")
    assert settings.address == ("127.0.0.1", 8080)
    assert (settings.timezone, settings.locale) == ("Asia/Shanghai", "zh_Hans")
    assert settings.send_rate == 30
    assert (settings.log_level, settings.log_format) == ("INFO", "console")
    assert (settings.webhook_url, settings.webhook_secret, settings.proxy) == (None, None, None)


def test_an_empty_variable_is_an_unset_one() -> None:
    assert read_settings({"WARDWATCH_TOKEN": "", "WARDWATCH_LISTEN": ""}).token is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TOKEN", TOKEN),
        ("KEY", "0f" * 32),
        ("WEBHOOK_SECRET", "s3cret"),
        ("DATABASE_URL", "postgresql://u@host/db"),
        ("PROXY", "socks5://127.0.0.1:1080"),
    ],
)
def test_a_secret_may_stand_in_a_file(tmp_path: Path, name: str, value: str) -> None:
    path = tmp_path / "secret"
    path.write_text(f"{value}\n")
    settings = read_settings({f"WARDWATCH_{name}_FILE": str(path)})
    assert getattr(settings, name.lower()) == value


BAD = {
    "WARDWATCH_TOKEN": ["nonsense", "123", "abc:def", f"{TOKEN} x"],
    "WARDWATCH_API_BASE": ["telegram.org", "ftp://x", "http://"],
    "WARDWATCH_DATABASE_URL": ["mysql://x", "wardwatch.db"],
    "WARDWATCH_KEY": ["short", "zz" * 32, "ab" * 31],
    "WARDWATCH_WEBHOOK_URL": ["example.org/hook"],
    "WARDWATCH_WEBHOOK_SECRET": ["with space", "é", "x" * 257],
    "WARDWATCH_LISTEN": ["8080", "host:", "host:port", "host:99999", ":80", "host:²"],
    "WARDWATCH_PROXY": ["127.0.0.1:1080", "socks4://x:1"],
    "WARDWATCH_TIMEZONE": ["Mars/Base", "../etc/passwd", "/etc/passwd", "Asia"],
    "WARDWATCH_LOCALE": ["fr", "zh"],
    "WARDWATCH_SEND_RATE": ["0", "-1", "many", "1.5", "100001"],
    "WARDWATCH_LOG_LEVEL": ["LOUD"],
    "WARDWATCH_LOG_FORMAT": ["xml"],
    "WARDWATCH_TOKN": [TOKEN],
    "WARDWATCH_LISTEN_FILE": ["/dev/null"],
    "WARDWATCH_": ["x"],
}


@pytest.mark.parametrize(("name", "value"), [(name, each) for name in BAD for each in BAD[name]])
def test_a_bad_setting_is_one_line_that_names_it(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as error:
        read_settings({name: value})
    line = str(error.value)
    assert line.startswith(name)
    assert "\n" not in line
    if name in ("WARDWATCH_TOKEN", "WARDWATCH_KEY", "WARDWATCH_WEBHOOK_SECRET"):
        assert value not in line, "a secret is not repeated"


def test_a_missing_secret_file_is_one_line_that_names_it(tmp_path: Path) -> None:
    missing = str(tmp_path / "none")
    with pytest.raises(SettingsError, match="WARDWATCH_TOKEN_FILE: No such file"):
        read_settings({"WARDWATCH_TOKEN_FILE": missing})


def test_a_secret_file_that_is_no_text_is_one_line_that_names_it(tmp_path: Path) -> None:
    path = tmp_path / "binary"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="WARDWATCH_TOKEN_FILE"):
        read_settings({"WARDWATCH_TOKEN_FILE": str(path)})


def test_a_setting_given_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text(TOKEN)
    with pytest.raises(SettingsError, match="WARDWATCH_TOKEN is set twice"):
        read_settings({"WARDWATCH_TOKEN": TOKEN, "WARDWATCH_TOKEN_FILE": str(path)})


def test_a_webhook_needs_its_secret() -> None:
    with pytest.raises(SettingsError, match="WARDWATCH_WEBHOOK_SECRET is needed"):
        read_settings({"WARDWATCH_WEBHOOK_URL": "https://example.org/hook"})


def test_addresses_are_kept_without_a_slash_at_the_end() -> None:
    settings = read_settings({"WARDWATCH_API_BASE": "http://127.0.0.1:8081/"})
    assert settings.api_base == "http://127.0.0.1:8081"


def test_an_address_may_be_ipv6() -> None:
    assert read_settings({"WARDWATCH_LISTEN": "[::1]:9000"}).address == ("::1", 9000)
