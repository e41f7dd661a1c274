"""HTTP in and out: reading a call however a client wrote it, and answering it."""

import json
from typing import Any
from urllib.parse import parse_qsl, unquote

from aiohttp import BodyPartReader, web
from yarl import URL

from bot.sandbox.params import Params, Upload, as_text
from bot.sandbox.refusals import RefusedError, bad_request

__all__ = ["LARGEST_BODY", "answer", "answer_raw", "read_params", "refuse", "split_path"]

LARGEST_BODY = 50 * 1024 * 1024
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_OK = b'{"ok":true,"result":'


def split_path(request: web.BaseRequest) -> tuple[str, str]:
    """The decoded path and the query as it was written."""
    path, _, query = request.raw_path.partition("?")
    return (unquote(path) if "%" in path else path), query


async def read_params(request: web.BaseRequest, query: str) -> Params:
    """Query, form, multipart or JSON fields; refused when they cannot be read."""
    values: dict[str, str] = {}
    uploads: dict[str, Upload] = {}
    try:
        if query:
            values.update(_fields_of(query))
        if request.method == "POST" and request.can_read_body:
            await _read_post(request, values, uploads)
    except web.HTTPRequestEntityTooLarge:
        raise RefusedError(413, "Request Entity Too Large") from None
    except UnicodeError:
        raise bad_request("strings must be encoded in UTF-8") from None
    except ValueError:
        raise bad_request("can't parse multipart body") from None
    return Params(values, uploads)


async def _read_post(
    request: web.BaseRequest, values: dict[str, str], uploads: dict[str, Upload]
) -> None:
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind.startswith("multipart/"):
        await _read_parts(request, values, uploads)
    else:
        _read_body(await request.read(), kind, values)


def _fields_of(form: str) -> dict[str, str]:
    # yarl decodes ten times as fast as the standard library but lets broken UTF-8 pass.
    fields = dict(URL.build(query_string=form, encoded=True).query)
    if any("\ufffd" in value for value in fields.values()):
        return dict(parse_qsl(form, keep_blank_values=True, errors="strict"))
    return fields


def _read_body(body: bytes, kind: str, values: dict[str, str]) -> None:
    if kind == "application/x-www-form-urlencoded":
        values.update(_fields_of(body.decode()))
    elif kind == "application/json":
        try:
            fields = json.loads(body)
        except json.JSONDecodeError:
            raise bad_request("can't parse JSON object") from None
        if not isinstance(fields, dict):
            raise bad_request("JSON object expected as the body")
        values.update((name, as_text(value)) for name, value in fields.items() if value is not None)
    elif body:
        raise bad_request("unsupported content type")


async def _read_parts(
    request: web.BaseRequest, values: dict[str, str], uploads: dict[str, Upload]
) -> None:
    left = LARGEST_BODY
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or part.name is None:
            raise bad_request("can't parse multipart body")
        content = bytes(await part.read(decode=True))
        left -= len(content)
        if left < 0:
            raise RefusedError(413, "Request Entity Too Large")
        if part.filename is None:
            values[part.name] = content.decode()
        else:
            kind = part.headers.get("Content-Type", "application/octet-stream")
            uploads[part.name] = Upload(name=part.filename, mime_type=kind, content=content)


def answer(result: Any) -> web.Response:
    """``ok: true`` with a result."""
    return answer_raw(_ENCODER.encode(result).encode())


def answer_raw(result: bytes) -> web.Response:
    """``ok: true`` with a result that is JSON already."""
    return web.Response(body=_OK + result + b"}", content_type="application/json")


def refuse(refused: RefusedError) -> web.Response:
    """``ok: false`` with the status in the HTTP line and in the body."""
    body: dict[str, Any] = {
        "ok": False,
        "error_code": refused.status,
        "description": refused.description,
    }
    headers = None
    if refused.migrate_to is not None:
        body["parameters"] = {"migrate_to_chat_id": refused.migrate_to}
    if refused.retry_after is not None:
        body["parameters"] = {"retry_after": refused.retry_after}
        headers = {"Retry-After": str(refused.retry_after)}
    return web.Response(
        body=_ENCODER.encode(body).encode(),
        status=refused.status,
        headers=headers,
        content_type="application/json",
    )
