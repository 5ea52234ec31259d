"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_PART: Final = ".postimport"
"""The ending of a file that is being written. One that a killed run left is written over, or removed, by the next."""


class ChangedMeanwhile(Exception):  # noqa: N818  # it is no error of ours
    """A file is not any more what was read of it."""


def write_files(files: Mapping[Path, bytes | Path], before: Mapping[Path, bytes]) -> None:
    """Write files: all of them beside their places first, then each into its place in one step, in their order.

    :param files: what they are to hold, or the files of which they are to be copies.
    :param before: what they held when they were read; nothing for one that was not there.
    :raises OSError: if one cannot be written; then none has been changed.
    :raises ChangedMeanwhile: if one holds something else by now; then none has been changed, either.
    """
    places = {path: Path(os.path.realpath(path)) for path in files}
    parts = {place: place.with_name(f".{place.name}{_PART}") for place in places.values()}
    try:
        for path, place in places.items():
            place.parent.mkdir(parents=True, exist_ok=True)
            content = files[path]
            if isinstance(content, Path):
                shutil.copyfile(content, parts[place])
            else:
                parts[place].write_bytes(content)
            if place.exists():
                # Replacing a file needs no right to write it, but whoever took that right away meant something by it.
                place.open("r+b").close()
                shutil.copymode(place, parts[place])
        for path, known in before.items():
            if path in places and (places[path].read_bytes() if places[path].exists() else b"") != known:
                raise ChangedMeanwhile(f"{path}: it was changed while this ran, so nothing was written; run it again")
        for place, part in parts.items():
            part.replace(place)
    finally:
        for folder in {place.parent for place in parts}:
            for left in folder.glob(f".*{_PART}"):
                left.unlink(missing_ok=True)
