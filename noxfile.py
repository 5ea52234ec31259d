"""The project's chores; `nox -l` lists them."""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path

import nox

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.reuse_existing_virtualenvs = True
nox.options.sessions = ["lint", "typing", "tests", "docs"]

ROOT = Path(__file__).parent
LOCK = ROOT / "requirements.txt"
BUILD = ROOT / "docs" / "_build"
STRICT = ("-n", "-W", "--keep-going")
LANGUAGES = ("zh_CN", "en")


def install(session: nox.Session) -> None:
    """Install what the lock says, and the project itself on top, from the same lock's build tools."""
    session.install("--require-hashes", "-r", "requirements.txt", silent=True)
    session.install("--no-deps", "--no-build-isolation", "-e", ".")


def pins() -> dict[str, str]:
    """Give what the lock has, by name: ``name==version``, with the machines that it is for."""
    found = re.findall(r"^([\w.-]+)(==\S+(?: ;[^\\\n]*)?)", LOCK.read_text("utf-8"), re.MULTILINE)
    return {name: name + pin.rstrip() for name, pin in found}


def group(name: str) -> list[str]:
    """Give the requirements of a group of pyproject.toml."""
    return list(nox.project.dependency_groups(nox.project.load_toml("pyproject.toml"), name))


def build(session: nox.Session, builder: str, out: Path, language: str = "zh_CN") -> None:
    """Build the documentation in one language."""
    session.run(
        "sphinx-build", *STRICT, "-j", "2", "-b", builder,
        "-d", os.fspath(BUILD / "doctrees" / builder / language), "-D", f"language={language}", "docs", os.fspath(out),
    )  # fmt: skip


@nox.session
def docs(session: nox.Session) -> None:
    """Build the whole site: Chinese at docs/_build/html, English at docs/_build/html/en."""
    install(session)
    build(session, "html", BUILD / "html")
    build(session, "html", BUILD / "html" / "en", "en")
    session.log(f"Open {BUILD / 'html' / 'index.html'}")


@nox.session(default=False)
def docs_live(session: nox.Session) -> None:
    """Build the Chinese site again at every change, and show it in a browser."""
    install(session)
    session.run(
        "sphinx-autobuild", "--watch", "refs.bib", "--watch", "ext", "--ignore", "docs/_build/*",
        *session.posargs, "docs", os.fspath(BUILD / "live"),
    )  # fmt: skip


@nox.session(default=False)
def epub(session: nox.Session) -> None:
    """Build the book, one for each language."""
    install(session)
    for language in LANGUAGES:
        build(session, "epub", BUILD / "epub" / language, language)
        session.log(f"Wrote {BUILD / 'epub' / language / 'reading-list.epub'}")


@nox.session(default=False)
def linkcheck(session: nox.Session) -> None:
    """Check the links of the site that `docs` built: those within it, then those that lead out (see docs).

    `-- --internal` or `-- --external` does one half alone; all else, such as `-- --host zhihu.com --fix`, is for
    `python -m linkhealth check`. Exit 1: something is broken, or newly broken; 2: it could not be found out.
    """
    install(session)
    outside = BUILD / "linkcheck" / "outside.jsonl"
    halves = {"--internal", "--external"}.intersection(session.posargs) or {"--internal", "--external"}
    options = [option for option in session.posargs if option not in halves]
    try:
        if "--internal" in halves:
            if not (BUILD / "html" / "en" / "index.html").is_file():
                build(session, "html", BUILD / "html")
                build(session, "html", BUILD / "html" / "en", "en")
            session.run(
                "python", "-m", "linkhealth", "discover", os.fspath(BUILD / "html"), "--outside", os.fspath(outside)
            )
        if "--external" in halves:
            lists = ["refs.bib", *([os.fspath(outside)] if outside.is_file() else [])]
            session.run("python", "-m", "linkhealth", "check", *(f"--urls={path}" for path in lists), *options)
    except nox.command.CommandFailed as failure:
        if failure.return_code == 2:
            sys.exit(2)  # nox itself knows only 0 and 1
        raise


@nox.session(default=False)
def i18n(session: nox.Session) -> None:
    """Bring the message catalogs in docs/locale up to date with the pages; with `-- --check` only check them."""
    install(session)
    messages = os.fspath(BUILD / "gettext")
    build(session, "gettext", BUILD / "gettext")
    if "--check" in session.posargs:
        session.run("python", "-m", "langswitch", "check", messages, "docs/locale")
        return
    session.run("sphinx-intl", "update", "-p", messages, "-d", "docs/locale", "-l", "en", "-w", "0")
    session.run("python", "-m", "langswitch", "settle", "docs/locale")


REFS_CHECK = ("python", "-m", "refblock", "check", "refs.bib", "--conf", "docs/conf.py")


@nox.session(default=False)
def refs(session: nox.Session) -> None:
    """Check refs.bib by itself: FILE:LINE: KEY: what is wrong and what to do."""
    install(session)
    session.run(*REFS_CHECK)


@nox.session
def lint(session: nox.Session) -> None:
    """Check the style of code, refs.bib, and the message catalogs."""
    install(session)
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run(*REFS_CHECK)
    build(session, "gettext", BUILD / "gettext")
    session.run("python", "-m", "langswitch", "check", os.fspath(BUILD / "gettext"), "docs/locale")


@nox.session
def typing(session: nox.Session) -> None:
    """Check types, strictly."""
    install(session)
    session.run("mypy", *session.posargs)


@nox.session(default=False, python=["3.11", "3.12", "3.13"])
@nox.parametrize("versions", ["lowest", "newest"])
def compat(session: nox.Session, versions: str) -> None:
    """Run the extension's tests with the lowest supported and the newest versions of what it builds on."""
    session.install("uv")
    # What runs the tests is that of the lock, whatever it is that they run with.
    tools = [pins()[re.split(r"[<>=[]", tool)[0]] for tool in group("tests")]
    session.run(
        "uv", "pip", "install", "--python", session.virtualenv.location, "--upgrade",
        "--resolution", "lowest-direct" if versions == "lowest" else "highest", "--group", "compat", "-e", ".", *tools,
    )  # fmt: skip
    frozen = session.run("uv", "pip", "freeze", "--python", session.virtualenv.location, silent=True)
    installed = dict(line.split("==") for line in str(frozen).splitlines() if "==" in line)
    for name in sorted({re.split(r"[<>=[]", each)[0] for each in group("compat")} | {"pybtex", "sphinxcontrib-bibtex"}):
        session.log(f"{name} {installed[name]}; the lock has {pins()[name].partition('==')[2].partition(' ')[0]}")
    session.run("pytest", *(session.posargs or ("tests/refblock", "tests/test_private_parts.py")))


@nox.session(default=False)
def pdf(session: nox.Session) -> None:
    """Make a PDF for each language, with the machine's xelatex and latexmk."""
    install(session)
    for language in LANGUAGES:
        out = BUILD / "latex" / language
        build(session, "latex", out, language)
        with session.chdir(out):
            session.run("latexmk", "-xelatex", "-interaction=nonstopmode", "-halt-on-error", "-quiet",
                        "reading-list.tex", external=True)  # fmt: skip
        session.log(f"Wrote {out / 'reading-list.pdf'}")


@nox.session(name="import", default=False)
def import_(session: nox.Session) -> None:
    """Bring posts into refs.bib and docs/imported: `-- PATHS…`, and `--dry-run` to see first."""
    install(session)
    options = [] if "--bib" in session.posargs else ["--bib", "refs.bib"]
    options += [] if "--pages" in session.posargs else ["--pages", "docs/imported"]
    session.run("python", "-m", "postimport", *options, *session.posargs)


@nox.session(default=False)
def bench(session: nox.Session) -> None:
    """Measure what tests/bench has; with `-- NAME`, such as `-- linkhealth`, only that."""
    install(session)
    # Apart from the lock: wherever jieba is installed, each Chinese site with Sphinx's search loads its dictionary.
    session.install(*group("peers"))
    for path in sorted((ROOT / "tests" / "bench").glob("*_bench.py")):
        if not session.posargs or path.stem.removesuffix("_bench") in session.posargs:
            session.run("python", os.fspath(path))


@nox.session
def tests(session: nox.Session) -> None:
    """Run every test."""
    install(session)
    session.run("pytest", *session.posargs)


@nox.session(default=False, python="3.11")
def fuzz(session: nox.Session) -> None:
    """Look for what breaks a reader, guided by coverage: `-- [TARGET ...] [--minutes N]`, else all, 5 minutes each."""
    # Apart from the lock, which is for all machines: atheris has wheels for Linux alone.
    session.install("--require-hashes", "-r", "requirements.txt", silent=True)
    session.install(*group("fuzz"))
    session.install("--no-deps", "--no-build-isolation", "-e", ".")
    words = list(session.posargs)
    minutes = 5.0
    if "--minutes" in words:
        place = words.index("--minutes")
        minutes = float(words[place + 1])
        del words[place : place + 2]
    targets = words or sorted(path.stem for path in (ROOT / "tests" / "fuzz").glob("*.py"))
    for target in targets:
        # What was found interesting is kept for the next run; what was found to break it lies beside.
        kept = session.cache_dir / "fuzz" / target
        (kept / "corpus").mkdir(parents=True, exist_ok=True)
        seeds = [ROOT / "tests" / "data" / "bib"] if target == "bib" else []
        session.run(
            "python", f"tests/fuzz/{target}.py", f"-dict=tests/fuzz/{target}.dict",
            f"-max_total_time={minutes * 60:.0f}", "-max_len=4096", "-timeout=20", f"-artifact_prefix={kept}/",
            *map(os.fspath, (kept / "corpus", *seeds)),
        )  # fmt: skip


@nox.session(default=False)
def audit(session: nox.Session) -> None:
    """List the licence of everything in the lock, write the wheel's bill of materials, ask for known vulnerabilities.

    The bill is a CycloneDX file beside the wheel; the last step needs a network, and fails without one.
    """
    install(session)
    session.install(*group("audit"))
    session.run("pip-licenses", "--order=license", "--format=plain")
    out = BUILD / "wheel"
    shutil.rmtree(out, ignore_errors=True)
    session.run("hatchling", "build", "-t", "wheel", "-d", os.fspath(out))
    (wheel,) = out.glob("*.whl")
    bare = Path(session.create_tmp()) / "bare"
    session.run("uv", "venv", "--quiet", "--clear", os.fspath(bare))
    constraint = out / "pins.txt"
    constraint.write_text("\n".join(pins().values()), "utf-8")
    session.run("uv", "pip", "install", "--quiet", "--python", os.fspath(bare), "--constraint", os.fspath(constraint),
                f"{wheel}[linkhealth,postimport]")  # fmt: skip
    session.run("cyclonedx-py", "environment", "--pyproject", "pyproject.toml", "--output-reproducible",
                "-o", f"{wheel}.cdx.json", os.fspath(bare))  # fmt: skip
    session.log(f"Wrote {wheel}.cdx.json")
    try:
        session.run("pip-audit", "--strict", "--require-hashes", "--disable-pip", "-r", os.fspath(LOCK))
    except nox.command.CommandFailed:
        session.error(
            "The licences and the bill of materials are complete, but pip-audit found a vulnerability, or could not ask"
            " for them without a network: see what it says above."
        )


@nox.session(default=False)
def lock(session: nox.Session) -> None:
    """Write requirements.txt anew from the groups of pyproject.toml, for Python 3.11 and later."""
    session.install("uv")
    groups = sorted(
        nox.project.load_toml("pyproject.toml")["dependency-groups"].keys() - {"audit", "compat", "fuzz", "peers"}
    )
    session.run(
        "uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes",
        "--fork-strategy", "fewest", "--no-emit-index-url", "--no-header", "--no-annotate",
        *(part for group in groups for part in ("--group", group)),
        "--output-file", "requirements.txt", *session.posargs, "pyproject.toml",
        silent=True,
    )  # fmt: skip
