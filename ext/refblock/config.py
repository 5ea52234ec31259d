"""refblock's options: type, default, check and help of each, said once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from sphinx.errors import ConfigError

from refblock.arrangement import parse_group, parse_limit, parse_numbered, parse_sort
from refblock.labels import labels
from refblock.langid import is_same_language, normalize_tag
from refblock.layout import Manner, parse_show

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config


Names = Mapping[str, Mapping[str, str]]


def _names(value: Any) -> None:
    wanted = 'it must give names by language, such as {"attention": {"en": "Attention"}}'
    if not isinstance(value, dict):
        raise TypeError(f"{wanted}; it is {value!r}")
    faulty = [
        f"{thing!r} has {names!r}"
        for thing, names in value.items()
        if not (
            isinstance(thing, str)
            and isinstance(names, dict)
            and names
            and all(isinstance(part, str) for pair in names.items() for part in pair)
        )
    ]
    if faulty:
        raise TypeError(f"{wanted}; {'; '.join(faulty)}")


def _like(parse: Callable[[str], object]) -> Callable[[Any], None]:
    """Give the check of an option that is written as the directive's is."""

    def check_text(value: Any) -> None:
        if not isinstance(value, str):
            raise TypeError(f"it must be text, written as in the directive; it is {value!r}")
        parse(value)

    return check_text


def _address(value: str) -> None:
    if value and not value.startswith(("https://", "http://")):
        raise ValueError(f"{value!r} is not a full address; write one that begins with https://")


@dataclass(frozen=True, slots=True)
class RefblockConfig:
    """The options of ``conf.py``, each under its name with ``refblock_`` before it."""

    topics: Names = field(
        default_factory=dict,
        metadata={
            "help": "Names of topics as readers see them: keyword -> language -> name; others show as they are.",
            "check": _names,
        },
    )
    organizations: Names = field(
        default_factory=dict,
        metadata={
            "help": "Names of organizations, likewise: the organization field -> language -> name.",
            "check": _names,
        },
    )
    sort: str = field(
        default="none",
        metadata={
            "help": "The order of entries in blocks that have no :sort: of their own.",
            "check": _like(parse_sort),
        },
    )
    group: str = field(
        default="none",
        metadata={"help": "The groups of blocks that have no :group: of their own.", "check": _like(parse_group)},
    )
    show: str = field(
        default="all",
        metadata={
            "help": "The parts of entries in blocks that have no :show: of their own.",
            "check": _like(parse_show),
        },
    )
    limit: str = field(
        default="none",
        metadata={
            "help": "The most entries that a block without a :limit: of its own shows.",
            "check": _like(parse_limit),
        },
    )
    baseurl: str = field(
        default="",
        metadata={
            "help": "The full address of this edition of the site, for its feed, where it is not `html_baseurl`.",
            "check": _like(_address),
        },
    )
    numbered: str = field(
        default="yes",
        metadata={
            "help": "The numbers of blocks that have no :numbered: of their own.",
            "check": _like(parse_numbered),
        },
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
        # No types: Sphinx would only warn of a wrong one, and then fail with a traceback.
        app.add_config_value(f"refblock_{option.name}", default, "env", (), description=option.metadata["help"])


def check(app: Sphinx, config: Config) -> None:
    """Stop the build for options that cannot be used, all of them in one message.

    :raises ConfigError: with each fault and what to write instead.
    """
    faults = []
    for option in fields(RefblockConfig):
        name = f"refblock_{option.name}"
        try:
            option.metadata["check"](config[name])
        except (TypeError, ValueError) as fault:
            faults.append(f"{name}: {fault}")
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
