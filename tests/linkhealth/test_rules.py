"""The file of host rules, and files that change it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from linkhealth.rules import RulesError, builtin_rules, load_rules

if TYPE_CHECKING:
    from pathlib import Path

RULE = '[[host]]\nnames = ["a"]\n[[host.rule]]\nverdict = "gone"\nconfidence = "high"\nsays = ""\nsource = ""\n'


@pytest.mark.parametrize(
    "rules",
    [
        "nonsense",
        "hots = 1",
        "[[host]]\nnames = 1",
        '[[host]]\nnames = ["a"]\npace = { rate = 0 }',
        '[[host]]\nnames = ["a"]\npace = { speed = 1 }',
        '[[host]]\nnames = ["a"]\narticles = ["x"]',
        '[[host]]\nnames = ["a"]\n[[host.rule]]\nverdict = "gone"',
        '[[host]]\nnames = ["a"]\n[[host.rule]]\nverdict = "dead"\nconfidence = "high"\nsays = ""\nsource = ""',
        RULE + 'passed = "("',
        RULE + "status = 404",
        RULE + 'body = "gone"',
        RULE + 'body = [""]',
        RULE + "header = []",
        "host = 1",
        "[host]\nnames = []",
        '[[host]]\nnames = ["a"]\npace = { rate = "fast" }',
    ],
)
def test_rules_that_cannot_be_understood_are_refused(tmp_path: Path, rules: str) -> None:
    path = tmp_path / "own.toml"
    path.write_text(rules, encoding="utf-8")
    with pytest.raises(RulesError, match=r"own\.toml"):
        load_rules(path)


def test_a_file_adds_to_what_is_known_of_a_host(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(
        'contact = "https://me.example/"\n[[host]]\nnames = ["zhihu.com"]\npace = { rate = 9 }', encoding="utf-8"
    )
    own, known = load_rules(path), builtin_rules()

    assert own.of("zhuanlan.zhihu.com").pace == replace(known.of("zhihu.com").pace, rate=9)
    assert own.of("zhuanlan.zhihu.com").rules == known.of("zhihu.com").rules
    assert own.of("mp.weixin.qq.com") == known.of("mp.weixin.qq.com")
    assert own.contact == "https://me.example/"


def test_a_pace_for_every_host_is_one_for_the_named_ones_too(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text('[[host]]\nnames = ["*"]\npace = { rate = 9 }', encoding="utf-8")

    assert {load_rules(path).of(host).pace.rate for host in ("a.example", "mp.weixin.qq.com")} == {9}


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("mp.weixin.qq.com", "mp.weixin.qq.com"),
        ("zhuanlan.zhihu.com", "zhihu.com"),
        ("WWW.ZHIHU.COM.", "zhihu.com"),
        ("notzhihu.com", "notzhihu.com"),
        ("zhihu.com.evil.example", "zhihu.com.evil.example"),
        ("", ""),
    ],
)
def test_rules_hold_for_a_host_and_those_below_it(host: str, name: str) -> None:
    assert builtin_rules().of(host).name == name
