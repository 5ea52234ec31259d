"""refblock's options: type, default, check and help of each, said once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from sphinx.errors import ConfigError

from refblock.labels import labels
from refblock.langid import is_same_language, normalize_tag
from refblock.layout import Manner

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config


Names = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class RefblockConfig:
    """The options of ``conf.py``, each under its name with ``refblock_`` before it."""

    topics: Names = field(
        default_factory=dict,
        metadata={"help": "Names of topics as readers see them: keyword -> language -> name; others show as they are."},
    )
    organizations: Names = field(
        default_factory=dict,
        metadata={"help": "Names of organizations, likewise: the organization field -> language -> name."},
    )


def names_in(language: str, names: Names) -> dict[str, str]:
    """Give each thing's name in a page's language; where there is none, its first name."""
    return {
        thing: next(
            (name for tag, name in by_language.items() if is_same_language(normalize_tag(tag), language)),
            next(iter(by_language.values()), thing),
        )
        for thing, by_language in names.items()
    }


def register(app: Sphinx) -> None:
    """Tell Sphinx of the options.

    A change reads every page again: names are in the headings of groups, and in the order of blocks sorted by host.
    """
    for option in fields(RefblockConfig):
        default = option.default_factory() if callable(option.default_factory) else option.default
        app.add_config_value(
            f"refblock_{option.name}", default, "env", types=frozenset({dict}), description=option.metadata["help"]
        )


def check(app: Sphinx, config: Config) -> None:
    """Stop the build for options that cannot be used, all of them in one message.

    :raises ConfigError: with each fault and what to write instead.
    """
    faults = [fault for option in fields(RefblockConfig) for fault in _faults(f"refblock_{option.name}", config)]
    if faults:
        raise ConfigError("\n".join(faults))


def read(config: Config) -> RefblockConfig:
    """Give the options, typed."""
    return RefblockConfig(**{option.name: config[f"refblock_{option.name}"] for option in fields(RefblockConfig)})


def manner(conf: Config) -> Manner:
    """Give the manner in which entries are laid out for the site's language."""
    options = read(conf)
    language = normalize_tag(conf.language)
    return Manner(
        language=language,
        label=labels(conf.language),
        topic_names=names_in(language, options.topics),
        organization_names=names_in(language, options.organizations),
    )


def _faults(option: str, config: Config) -> list[str]:
    value: Any = config[option]
    wanted = f'{option} must give names by language, such as {{"attention": {{"en": "Attention"}}}}'
    if not isinstance(value, dict):
        return [f"{wanted}; it is {value!r}"]
    return [
        f"{wanted}; {thing!r} has {names!r}"
        for thing, names in value.items()
        if not (
            isinstance(thing, str)
            and isinstance(names, dict)
            and names
            and all(isinstance(part, str) for pair in names.items() for part in pair)
        )
    ]
