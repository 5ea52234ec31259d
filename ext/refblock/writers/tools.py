"""The template from which a page's script makes its tools: all its words, in the page's language."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING, Final

from refblock.writers.html import FORMATS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from refblock.layout import Label

_LEAST: Final = 4
"""A page with fewer entries has no tools: they would be longer than the list."""
_KEYS: Final = {
    "/": "Go to the filter",
    "j": "Next reference",
    "k": "Previous reference",
    "x": "Mark as read, or unread",
    "?": "Show this help",
    "Esc": "Clear the filter; close a card",
}
_FACETS: Final = {"topic": "Topic", "kind": "Kind", "host": "Site", "badge": "Link"}
_CHOICES: Final = {
    "sort": ("Order", {"": "As listed", "title": "By title", "year": "Newest first", "host": "By site"}),
    "titles": ("Titles", {"": "Both", "leading": "In this page's language", "original": "Original only"}),
    "read": ("Show", {"": "Read and unread", "no": "Unread", "yes": "Read"}),
}


def write_tools(label: Label, kinds: Mapping[str, str]) -> str:
    """Write the template.

    :param kinds: the kinds of entries on the page, and their names.
    """
    words = {
        "count": label("{shown} of {all} references"),
        "none": label("None of {all} references fits"),
        "progress": label("{read} of {all} read"),
        "copied": label("Copied: {key}"),
        "imported": label("Marks taken in: {number}"),
        "unreadable": label("This file holds no marks"),
        "card": label("Reference"),
        "entry": label("Go to the entry"),
        "kinds": kinds,
        "formats": FORMATS,
    }
    data = json.dumps(words, ensure_ascii=False, separators=(",", ":"))
    parts = (_bar(label), _actions(label), _help(label), _copy(label))
    return (
        f'<template id="refblock-tools" data-least="{_LEAST}" data-words="{escape(data)}">{"".join(parts)}</template>\n'
    )


def _bar(label: Label) -> str:
    facets = "".join(
        f'<fieldset class="refblock-facet-{name}"><legend>{escape(label(text))}</legend></fieldset>'
        for name, text in _FACETS.items()
    )
    choices = "".join(
        _choice(label(text), name, {value: label(word) for value, word in options.items()})
        for name, (text, options) in _CHOICES.items()
    )
    format_choice = _choice(label("Copy as"), "format", FORMATS)
    name = escape(label("Filter references"))
    return (
        f'<form class="refblock-bar" role="search" aria-label="{name}"><div class="refblock-row">'
        f'<input class="refblock-filter" type="search" autocomplete="off" spellcheck="false" aria-label="{name}"'
        f' placeholder="{escape(label("Filter: Chinese, English or pinyin"))}">'
        '<span class="refblock-count" role="status"></span><span class="refblock-progress" hidden></span>'
        f"{_button(label, 'clear', 'Clear')}</div>"
        f'<details class="refblock-options"><summary>{escape(label("Narrow, sort, mark"))}</summary>{facets}'
        f'<div class="refblock-row">{choices}{format_choice}</div><div class="refblock-row">'
        f"{_button(label, 'export', 'Save marks')}"
        f"{_button(label, 'import', 'Load marks')}"
        f'<input type="file" accept=".json,application/json" hidden aria-label="{escape(label("Load marks"))}">'
        f'{_button(label, "help", "Keys")}</div></details><span class="refblock-voice" role="status"></span></form>'
    )


def _choice(text: str, name: str, options: Mapping[str, str]) -> str:
    shown = "".join(f'<option value="{value}">{escape(word)}</option>' for value, word in options.items())
    return f'<label>{escape(text)} <select name="{name}">{shown}</select></label>'


def _actions(label: Label) -> str:
    read, copy, save = (escape(label(word)) for word in ("read", "Copy", "Save"))
    return (
        f'<span class="refblock-actions"><button type="button" data-do="mark" aria-pressed="false">{read}</button>'
        f'<button type="button" data-do="copy">{copy} <span class="refblock-format"></span></button>'
        f'<button type="button" data-do="save">{save} <span class="refblock-format"></span></button></span>'
    )


def _help(label: Label) -> str:
    keys = "".join(f"<dt><kbd>{key}</kbd></dt><dd>{escape(label(text))}</dd>" for key, text in _KEYS.items())
    name = escape(label("Keys"))
    return (
        f'<dialog class="refblock-help" aria-label="{name}"><p><strong>{name}</strong></p><dl>{keys}</dl>'
        f'<p><label><input type="checkbox"> {escape(label("Use these keys"))}</label></p>'
        f"{_button(label, 'close', 'Close')}</dialog>"
    )


def _copy(label: Label) -> str:
    text = escape(label("The browser did not let the page copy. Copy from here:"))
    return (
        f'<dialog class="refblock-copy" aria-label="{escape(label("Copy"))}"><p>{text}</p>'
        f'<textarea readonly rows="12" aria-label="{text}"></textarea>{_button(label, "close", "Close")}</dialog>'
    )


def _button(label: Label, deed: str, text: str) -> str:
    return f'<button type="button" data-do="{deed}">{escape(label(text))}</button>'
