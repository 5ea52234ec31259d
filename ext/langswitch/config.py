"""langswitch's options: type, default, check and help of each, said once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from sphinx.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sphinx.application import Sphinx
    from sphinx.config import Config

OPTION: Final = "langswitch_languages"
HELP: Final = (
    "The site's languages, the default one first: Sphinx language -> name, as its speakers write it; folder, below the"
    " default one's; config, values of conf.py that differ in this language."
)
_EXAMPLE: Final = f'{OPTION} = {{"en": {{"name": "English"}}, "de": {{"name": "Deutsch", "folder": "de"}}}}'


@dataclass(frozen=True, slots=True)
class Language:
    """One language of a site."""

    code: str
    """Sphinx's name of it: ``zh_CN``."""
    name: str
    """Its name, as its speakers write it."""
    folder: str = ""
    """Where its pages are, below those of the default language."""
    config: Mapping[str, Any] = field(default_factory=dict)
    """Values of ``conf.py`` that differ in it."""

    @property
    def tag(self) -> str:
        """Its BCP 47 tag."""
        return self.code.replace("_", "-")

    def place(self, uri: str) -> str:
        """Give the address of one of its pages from the root of the whole site."""
        return f"{self.folder}/{uri}" if self.folder else uri


def languages_of(config: Config) -> tuple[Language, ...]:
    """Give the languages, the default one first."""
    return tuple(Language(code, **parts) for code, parts in config[OPTION].items())


def current(config: Config) -> Language | None:
    """Give the language that is being built; None where it is not among those of the option."""
    return next((language for language in languages_of(config) if language.code == config.language), None)


def apply(app: Sphinx, config: Config) -> None:
    """Check the option, and give ``conf.py`` the values of the language that is being built.

    :raises ConfigError: with each fault of the option, and what to write instead.
    """
    faults = _faults(config[OPTION])
    if faults:
        raise ConfigError("\n".join(f"{fault}; write for example {_EXAMPLE}" for fault in faults))
    language = current(config)
    for name, value in (language.config if language else {}).items():
        if name not in config:
            raise ConfigError(f"{OPTION}: {config.language!r} sets {name!r}, which is no option; correct its name")
        config[name] = value


def _faults(option: Any) -> list[str]:
    if not isinstance(option, dict):
        return [f"{OPTION} must map languages to their parts, and is {option!r}"]
    faults = []
    kinds = {"name": str, "folder": str, "config": dict}
    for code, parts in option.items():
        if not isinstance(parts, dict) or not isinstance(parts.get("name"), str):
            faults.append(f"{OPTION}: {code!r} has no name")
            continue
        for part, value in parts.items():
            if part not in kinds or not isinstance(value, kinds[part]):
                faults.append(f"{OPTION}: {code!r} can't have {part!r}: {value!r}")
    folders = [parts.get("folder", "") for parts in option.values() if isinstance(parts, dict)]
    if not faults and folders and (folders[0] != "" or len(set(folders)) != len(folders)):
        faults.append(f"{OPTION}: the first language has no folder, and each other one a folder of its own")
    return faults
