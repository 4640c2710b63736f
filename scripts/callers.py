"""Many callers at once over HTTP/1.1: each asks, reads the answer, asks again, over a connection of its own."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Answer:
    """One answer: which question, its status, and when it was asked and answered (`time.perf_counter`)."""

    question: int
    status: int
    asked: float
    answered: float


@dataclass
class Question:
    """A GET: path and headers."""

    path: str
    headers: dict[str, str] = field(default_factory=dict)

    def encoded(self, port: int) -> bytes:
        """The bytes sent."""
        lines = [f"GET {self.path} HTTP/1.1", f"Host: 127.0.0.1:{port}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()


class Caller:
    """One connection, opened again where the server has closed it."""

    def __init__(self, port: int):
        self.port = port
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, data: bytes) -> int:
        """The status of the answer, read to its end."""
        for attempt in range(3):
            try:
                if self.streams is None:
                    self.streams = await asyncio.open_connection("127.0.0.1", self.port)
                return await self._ask(*self.streams, data)
            except (ConnectionError, asyncio.IncompleteReadError):
                await self.close()
                if attempt == 2:
                    raise
        raise ConnectionError

    async def _ask(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, data: bytes) -> int:
        writer.write(data)
        head = await reader.readuntil(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, _colon, value in (line.partition(": ") for line in lines[1:])}
        if headers.get("transfer-encoding") == "chunked":
            while size := int(await reader.readline(), 16):
                await reader.readexactly(size + 2)
            await reader.readline()
        else:
            await reader.readexactly(int(headers.get("content-length", "0")))
        if headers.get("connection") == "close":
            await self.close()
        return int(lines[0].split()[1])

    async def close(self) -> None:
        """Close the connection."""
        if self.streams is not None:
            self.streams[1].close()
            self.streams = None


async def hammer(
    port: int, questions: Sequence[Question], *, callers: int, until: Callable[[], bool],
    meanwhile: Callable[[list[Answer]], Awaitable[None]] | None = None,
) -> list[Answer]:  # fmt: skip
    """Let so many callers ask, each one question over and over, until told to stop; returns every answer.

    `meanwhile` is given the answers as they come in.
    """
    encoded, answers = [question.encoded(port) for question in questions], []

    async def call(number: int) -> None:
        caller, which = Caller(port), number % len(encoded)
        while not until():
            asked = time.perf_counter()
            status = await caller.ask(encoded[which])
            answers.append(Answer(which, status, asked, time.perf_counter()))
        await caller.close()

    tasks = [call(number) for number in range(callers)]
    await asyncio.gather(*tasks, *([meanwhile(answers)] if meanwhile else []))
    return answers
