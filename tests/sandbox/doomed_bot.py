"""A bot that writes each text it hears to stdout, confirms it after, and waits to be killed."""

import asyncio
import sys

import aiohttp


async def main(base_url: str, token: str) -> None:
    offset = 0
    async with aiohttp.ClientSession() as session:
        print("polling", flush=True)  # noqa: T201
        while True:
            url = f"{base_url}/bot{token}/getUpdates"
            params = {"offset": offset, "timeout": 20, "limit": 3}
            async with session.post(url, json=params) as answer:
                for update in (await answer.json())["result"]:
                    print(update["message"]["text"], flush=True)  # noqa: T201
                    offset = update["update_id"] + 1


asyncio.run(main(*sys.argv[1:]))
