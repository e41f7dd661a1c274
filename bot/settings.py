"""Settings from WARDWATCH_* environment variables; a bad or unknown one stops the start with one line."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

PREFIX = "WARDWATCH_"
_SECRETS = ("TOKEN", "KEY", "WEBHOOK_SECRET", "DATABASE_URL", "PROXY")


class SettingsError(Exception):
    """A setting that cannot be used; the message is one line that names it."""


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("no such time zone") from None
    return value


def _database(value: str) -> str:
    if not value.startswith(("sqlite:///", "postgresql://")):
        raise ValueError("must begin with sqlite:/// or postgresql://")
    return value


def _web(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be an http or https address")
    return value.rstrip("/")


def _proxy(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https", "socks5") or not parts.hostname:
        raise ValueError("must be an http or socks5 address")
    return value


def _listen(value: str) -> str:
    host, _colon, port = value.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65535:
        raise ValueError("must be HOST:PORT")
    return value


def _key(value: str) -> str:
    try:
        good = len(bytes.fromhex(value)) == 32
    except ValueError:
        good = False
    if not good:
        raise ValueError("must be 64 hex digits")
    return value


class Settings(BaseModel):
    """Everything an operator can set; the names are those of the variables in lower case."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    token: Annotated[str, Field(pattern=r"^[0-9]+:[A-Za-z0-9_-]+$")] | None = None
    api_base: Annotated[str, AfterValidator(_web)] = "https://api.telegram.org"
    database_url: Annotated[str, AfterValidator(_database)] = "sqlite:///data/wardwatch.db"
    data_dir: Path = Path("data")
    key: Annotated[str, AfterValidator(_key)] | None = None
    webhook_url: Annotated[str, AfterValidator(_web)] | None = None
    webhook_secret: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,256}$")] | None = None
    listen: Annotated[str, AfterValidator(_listen)] = "127.0.0.1:8080"
    proxy: Annotated[str, AfterValidator(_proxy)] | None = None
    timezone: Annotated[str, AfterValidator(_zone)] = "Asia/Shanghai"
    locale: Literal["zh_Hans", "en"] = "zh_Hans"
    send_rate: Annotated[int, Field(ge=1, le=100_000)] = 30
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["console", "json"] = "console"

    @property
    def address(self) -> tuple[str, int]:
        """Host and port to listen on."""
        host, _colon, port = self.listen.rpartition(":")
        return host.strip("[]"), int(port)


def read_settings(environ: Mapping[str, str]) -> Settings:
    """The settings of an environment; raises SettingsError with one line naming the variable."""
    values: dict[str, str] = {}
    for name, value in environ.items():
        if name.startswith(PREFIX) and value != "":
            field, content = _one(name, value)
            if field in values:
                raise SettingsError(f"{PREFIX}{field.upper()} is set twice, also as a file")
            values[field] = content
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        reason = str(first["msg"]).removeprefix("Value error, ")
        raise SettingsError(f"{PREFIX}{str(first['loc'][0]).upper()}: {reason}") from None
    if settings.webhook_url and not settings.webhook_secret:
        raise SettingsError(f"{PREFIX}WEBHOOK_SECRET is needed with {PREFIX}WEBHOOK_URL")
    return settings


def _one(name: str, value: str) -> tuple[str, str]:
    field = name.removeprefix(PREFIX)
    if field.endswith("_FILE") and field.removesuffix("_FILE") in _SECRETS:
        try:
            return field.removesuffix("_FILE").lower(), Path(value).read_text().strip()
        except OSError as error:
            raise SettingsError(f"{name}: {error.strerror}: {value}") from None
        except UnicodeDecodeError:
            raise SettingsError(f"{name}: not a text file: {value}") from None
    if field.lower() not in Settings.model_fields:
        raise SettingsError(f"{name} is not a setting of WardWatch")
    return field.lower(), value
