"""The rules of the house: who may import whom."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

EXT = Path(__file__).parent.parent / "ext"
PACKAGES = sorted(path.name for path in EXT.iterdir() if (path / "__init__.py").exists())
PURE = ("arrangement", "entries", "langid", "layout", "pinyin", "selection", "timeline")


def imports(path: Path) -> Iterator[str]:
    """Yield the full name of each module that a file imports, for types or not."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import hides what it imports"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def top(name: str) -> str:
    """Give the package of a module's full name."""
    return name.partition(".")[0]


@pytest.mark.parametrize("package", PACKAGES)
def test_packages_never_import_each_other(package: str) -> None:
    for path in (EXT / package).rglob("*.py"):
        assert {top(name) for name in imports(path)}.isdisjoint(set(PACKAGES) - {package}), path


@pytest.mark.parametrize("module", PURE)
def test_what_is_pure_knows_neither_sphinx_nor_docutils_nor_pybtex(module: str) -> None:
    found = {top(name) for name in imports(EXT / "refblock" / f"{module}.py")}

    assert found.isdisjoint({"sphinx", "docutils", "pybtex", "sphinxcontrib"})


@pytest.mark.parametrize("module", PURE)
def test_what_is_pure_imports_only_what_is_pure(module: str) -> None:
    ours = {name.split(".")[1] for name in imports(EXT / "refblock" / f"{module}.py") if top(name) == "refblock"}

    assert ours <= set(PURE)


@pytest.mark.parametrize("path", sorted((EXT / "refblock" / "exports").glob("*.py")), ids=lambda path: path.stem)
def test_exports_know_entries_and_nothing_that_reads_or_shows_them(path: Path) -> None:
    found = set(imports(path))

    assert {top(name) for name in found}.isdisjoint({"sphinx", "docutils", "pybtex", "sphinxcontrib"})
    assert {name.split(".")[1] for name in found if top(name) == "refblock"} <= {"exports", *PURE}


def test_in_refblock_only_bibdata_knows_pybtex_and_sphinxcontrib_bibtex() -> None:
    inside = EXT / "refblock" / "bibdata"
    knowing = {
        path.parent
        for path in (EXT / "refblock").rglob("*.py")
        if {top(name) for name in imports(path)} & {"pybtex", "sphinxcontrib"}
    }

    assert knowing == {inside}


@pytest.mark.parametrize("package", PACKAGES)
def test_no_module_leads_back_to_itself(package: str) -> None:
    """One way only: imports, those for types among them, go in no circle."""
    modules = {
        ".".join(path.relative_to(EXT).with_suffix("").parts).removesuffix(".__init__"): path
        for path in (EXT / package).rglob("*.py")
    }
    ahead = {name: {part for part in map(imported(modules), imports(path)) if part} for name, path in modules.items()}
    while leaves := [name for name, others in ahead.items() if not others]:
        for leaf in leaves:
            del ahead[leaf]
        for others in ahead.values():
            others.difference_update(leaves)

    assert ahead == {}


def imported(modules: Collection[str]) -> Callable[[str], str]:
    """Give the function that names the module which an import asks for; empty for one that is not among *modules*."""

    def module(name: str) -> str:
        return next((each for each in (name, name.rpartition(".")[0]) if each in modules), "")

    return module


def test_writers_know_what_is_laid_out_and_nothing_that_led_to_it() -> None:
    for path in (EXT / "refblock" / "writers").glob("*.py"):
        ours = {name.split(".")[1] for name in imports(path) if top(name) == "refblock"}

        assert ours <= {"entries", "layout", "nodes", "writers"}, path


def test_nothing_of_ours_imports_linkchecker() -> None:
    """It is under the GPL, and runs as a program."""
    assert [path for path in EXT.rglob("*.py") if "linkcheck" in {top(name) for name in imports(path)}] == []


def test_workflows_pin_actions_by_commit_and_begin_with_the_right_to_read_alone() -> None:
    workflows = sorted((EXT.parent / ".github" / "workflows").glob("*.yml"))
    used = [action for path in workflows for action in re.findall(r"uses: (\S+)", path.read_text(encoding="utf-8"))]

    assert len(workflows) >= 2
    assert [action for action in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", action)] == []
    for path in workflows:
        workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert workflow["permissions"] == {"contents": "read"}, path
        for name, job in workflow["jobs"].items():
            # This one alone proposes something, and so may write.
            if (path.stem, name) != ("links", "propose"):
                assert job.get("permissions", {}) == {}, f"{path}: {name}"
                steps = [step for step in job["steps"] if step.get("uses", "").startswith("actions/checkout@")]
                assert all(step["with"]["persist-credentials"] is False for step in steps), f"{path}: {name}"
