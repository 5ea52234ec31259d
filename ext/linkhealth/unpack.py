"""The content encodings of answers, undone in bounded memory.

Only those are announced to hosts that zlib undoes step by step; what comes in another one was not asked for.
"""

from __future__ import annotations

import zlib
from typing import Final

ANNOUNCED: Final = "gzip, deflate"
"""For the header Accept-Encoding."""


class UnpackError(ValueError):
    """An answer that is not what its encoding says, or came in one that was not asked for."""


class Unpacker:
    """Undoes a content encoding, as far as a limit: a kilobyte may unpack to a gigabyte."""

    def __init__(self, encoding: str, limit: int) -> None:
        """Get ready for an answer.

        :param encoding: what its header Content-Encoding says.
        :param limit: the most bytes to give.
        :raises UnpackError: if the encoding is none of `ANNOUNCED`.
        """
        self.text = bytearray()
        self._limit = limit
        name = encoding.strip().lower()
        if name not in {"", "identity", "gzip", "x-gzip", "deflate"}:
            raise UnpackError(f"it came as {name}, which was not asked for")
        self._is_plain = name in {"", "identity"}
        self._is_bare_possible = name == "deflate"
        self._machine = zlib.decompressobj(wbits=47)  # gzip or zlib, whichever it is

    @property
    def is_full(self) -> bool:
        """Say whether the limit is reached."""
        return len(self.text) >= self._limit

    def feed(self, part: bytes) -> None:
        """Take up the next part of an answer.

        :raises UnpackError: if it is not what its encoding says.
        """
        if self._is_plain:
            self.text += part[: self._limit - len(self.text)]
            return
        while part and not self.is_full:
            try:
                self.text += self._machine.decompress(part, self._limit - len(self.text))
            except zlib.error as fault:
                if not self._is_bare_possible:
                    raise UnpackError(f"its compression is broken: {fault}") from fault
                # Some hosts say deflate and leave out the zlib wrapping that it means.
                self._machine = zlib.decompressobj(wbits=-15)
                self._is_bare_possible = False
                continue
            self._is_bare_possible = False
            part = self._machine.unconsumed_tail
            if self._machine.eof:
                part = self._machine.unused_data
                self._machine = zlib.decompressobj(wbits=47)
                if not part.startswith(b"\x1f\x8b"):
                    return  # padding after the end
