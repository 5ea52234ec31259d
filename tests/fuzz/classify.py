"""The classifier of links: any answer of any host -> a verdict, on evidence of one printable line."""

from __future__ import annotations

import sys
from urllib.parse import urlsplit

import atheris

with atheris.instrument_imports(include=["linkhealth"]):
    from linkhealth.classify import Answer, Hop, Trouble, classify
    from linkhealth.rules import builtin_rules

RULES = builtin_rules()
HOSTS = ("mp.weixin.qq.com", "zhuanlan.zhihu.com", "www.zhihu.com", "blog.csdn.net", "www.bilibili.com", "example.org")
STATUSES = (0, 200, 302, 403, 404, 410, 412, 429, 451, 500, 521)
TYPES = ("", "text/html", "text/html; charset=gbk", "text/html; charset=nosuch", "application/pdf")


def can_be_asked(url: str) -> bool:
    """Say whether a URL can be taken apart; the client never follows another."""
    try:
        return bool(urlsplit(url).netloc)
    except ValueError:
        return False


def once(data: bytes) -> None:
    """Classify an answer; the page is the rest of the data, so that a seed may be a page as it is."""
    given = atheris.FuzzedDataProvider(data[-64:])
    host = f"https://{HOSTS[given.ConsumeIntInRange(0, len(HOSTS) - 1)]}/"
    asked = host + given.ConsumeUnicodeNoSurrogates(8)
    final = f"https://{given.ConsumeUnicodeNoSurrogates(16)}" if given.ConsumeBool() else asked
    hops = tuple(
        Hop(302, f"https://{given.ConsumeUnicodeNoSurrogates(12)}") for _ in range(given.ConsumeIntInRange(0, 2))
    )
    if not all(map(can_be_asked, (asked, final, *(hop.url for hop in hops)))):
        return
    trouble = list(Trouble)[given.ConsumeIntInRange(0, len(Trouble) - 1)] if given.ConsumeProbability() > 0.9 else None
    finding = classify(
        Answer(
            asked=asked,
            final=final,
            status=STATUSES[given.ConsumeIntInRange(0, len(STATUSES) - 1)],
            headers={"content-type": TYPES[given.ConsumeIntInRange(0, len(TYPES) - 1)]},
            body=data[:-64],
            hops=hops,
            trouble=trouble,
            detail=given.ConsumeUnicodeNoSurrogates(8),
        ),
        RULES,
    )
    assert "\n" not in finding.evidence, finding
    assert not finding.final_url or finding.final_url.startswith(("http://", "https://")), finding


if __name__ == "__main__":
    atheris.Setup(sys.argv, once)
    atheris.Fuzz()
