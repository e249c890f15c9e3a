"""A compile with the cache before and behind it, and one that finds out whether it may be trusted.

Part of `cache`. Sources come in; what `pipeline` makes of them leaves, from entries where there are
any. Which stages there are and what they do is `pipeline`'s; it is imported when it is needed.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass

from modelops.cache import entries
from modelops.cache.entries import KeptEnvironment, Last, Sources
from modelops.cache.fingerprint import fingerprint, loaded_fingerprint
from modelops.cache.reasons import Rebuilt, reasons
from modelops.cache.store import Store, drop, find, keep, opened, prune
from modelops.diagnostics import Outcome
from modelops.documents import Preview
from modelops.manifests import Artefact, Artefacts, Manifests, Unit

During = Callable[[str], AbstractContextManager[None]]
Units = Mapping[str, tuple[Artefact, ...]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be compiled.

    Attributes:
        earlier: files of an older `generated/`; they change what is told.
        project: tells whose last compile is compared with, where units are made anew.
        during: entered with the name of each stage while it runs.
    """

    sources: Sources
    preview: Preview
    earlier: Sources
    project: str
    during: During


@dataclass(frozen=True, slots=True)
class Compiled:
    """What was made, and how much of it anew.

    Attributes:
        rebuilt: the units that came from no entry, in order; empty also where nothing was made.
        units: how many units there are; 0 where nothing was made.
    """

    outcome: Outcome[Artefacts]
    rebuilt: tuple[Rebuilt, ...]
    units: int


@dataclass(frozen=True, slots=True)
class Verified:
    """What was made without the cache, and what the cache would have given instead.

    Attributes:
        checked: how many units were in the cache.
        wrong: the units, sorted, whose entries gave other files; these entries are gone.
    """

    outcome: Outcome[Artefacts]
    checked: int
    wrong: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Cache:
    """An open cache, for one compiler and one compile.

    Attributes:
        run: the key of the whole compile; None for a preview, which has none.
    """

    store: Store
    compiler: str
    run: str | None


@dataclass(frozen=True, slots=True)
class _Made:
    """The units of a compile.

    Attributes:
        keys: by name.
        anew: the names of those that may not be in the cache.
    """

    keys: Mapping[str, str]
    anew: frozenset[str]


def compiled(asked: Asked) -> Compiled:
    """The artefacts of the sources, equal to those of `pipeline.compile_sources`.

    Raises:
        SynthesisFailed: Node could not do its work.
    """
    cache = _opened(asked)
    if cache is None:
        return _plain(asked)
    with asked.during("cache"):
        hit = _whole_run(cache)
        if hit is not None:
            _remember(cache, asked)
            return Compiled(Outcome(hit), (), _unit_count(hit))
    return _by_units(cache, asked)


def verified(asked: Asked) -> Verified:
    """The artefacts of the sources without the cache, which is held against them and mended.

    Raises:
        SynthesisFailed: Node could not do its work.
    """
    with asked.during("imports"):
        from modelops.pipeline import finish, judge  # noqa: PLC0415 -- a hit must not wait for it

    cache = _opened(asked)
    judged = judge(asked.sources, asked.preview, asked.earlier, asked.during)
    outcome = finish(judged, {}, asked.during)
    if cache is None:
        return Verified(outcome, 0, ())
    keys = _keys(cache, judged.value)
    kept = _found(cache, keys)
    wrong = _dropped_units(cache, keys, kept, outcome) | _dropped_run(cache, outcome)
    _keep(cache, asked, outcome, _Made(keys, frozenset(keys)))
    return Verified(outcome, len(kept), tuple(sorted(wrong)))


# --- compiling -----------------------------------------------------------------------------------


def _opened(asked: Asked) -> _Cache | None:
    store, compiler = opened(), loaded_fingerprint()
    if store is None or compiler is None:
        return None
    plain = asked.preview == Preview()
    return _Cache(
        store, compiler, entries.run_key(compiler, asked.sources, asked.earlier) if plain else None
    )


def _plain(asked: Asked) -> Compiled:
    with asked.during("imports"):
        from modelops.pipeline import compile_sources  # noqa: PLC0415 -- a hit must not wait for it

    return Compiled(
        compile_sources(asked.sources, asked.preview, asked.earlier, asked.during), (), 0
    )


def _by_units(cache: _Cache, asked: Asked) -> Compiled:
    with asked.during("imports"):
        from modelops.pipeline import finish, judge  # noqa: PLC0415 -- a hit must not wait for it

    judged = judge(asked.sources, asked.preview, asked.earlier, asked.during)
    with asked.during("cache"):
        keys = _keys(cache, judged.value)
        kept = _found(cache, keys)
        last = _last(cache, asked)
    outcome = finish(judged, kept, asked.during)
    if judged.value is None or outcome.value is None:
        return Compiled(outcome, (), 0)
    with asked.during("cache"):
        _keep(cache, asked, outcome, _Made(keys, frozenset(keys) - frozenset(kept)))
    anew = [unit for unit in _units(judged.value) if unit.name not in kept]
    return Compiled(outcome, reasons(anew, asked.sources, last, cache.compiler), len(keys))


# --- what is looked for --------------------------------------------------------------------------


def _units(manifests: Manifests) -> tuple[Unit, ...]:
    return tuple(unit for each in manifests.environments for unit in each.units)


def _keys(cache: _Cache, manifests: Manifests | None) -> dict[str, str]:
    """The key of each unit by its name."""
    units = _units(manifests) if manifests is not None else ()
    return {unit.name: entries.unit_key(cache.compiler, unit) for unit in units}


def _found(cache: _Cache, keys: Mapping[str, str]) -> dict[str, tuple[Artefact, ...]]:
    """The files of each unit that is in the cache, by its name."""
    found = ((name, _unit(cache, key)) for name, key in keys.items())
    return {name: files for name, files in found if files is not None}


def _unit(cache: _Cache, key: str) -> tuple[Artefact, ...] | None:
    content = find(cache.store, key)
    return None if content is None else entries.read_unit(content)


def _whole_run(cache: _Cache) -> Artefacts | None:
    """All that a compile of these sources made, where every part of it is still there."""
    content = find(cache.store, cache.run) if cache.run else None
    run = None if content is None else entries.read_run(content)
    if run is None:
        return None
    keys = {key: key for environment in run for key in environment.units}
    units = _found(cache, keys)
    if len(units) < len(keys):
        return None
    return Artefacts(tuple(entries.environment(each, units) for each in run))


def _last(cache: _Cache, asked: Asked) -> Last | None:
    content = find(cache.store, entries.last_key(asked.project))
    return None if content is None else entries.read_last(content)


def _files_by_unit(artefacts: Artefacts) -> dict[str, tuple[Artefact, ...]]:
    """All files by their unit, each environment's inventory as the unit of its name."""
    found: dict[str, list[Artefact]] = {}
    for environment in artefacts.environments:
        for file in (*environment.files, environment.inventory):
            found.setdefault(file.unit, []).append(file)
    return {unit: tuple(files) for unit, files in found.items()}


def _unit_count(artefacts: Artefacts) -> int:
    return len({file.unit for each in artefacts.environments for file in each.files})


# --- what is kept --------------------------------------------------------------------------------


def _keep(cache: _Cache, asked: Asked, outcome: Outcome[Artefacts], made: _Made) -> None:
    """Keep what was made, if the compiler on the disk is still the one that made it."""
    if outcome.value is None or fingerprint() != cache.compiler:
        return
    files = _files_by_unit(outcome.value)
    for name, key in made.keys.items():
        if name in made.anew:
            keep(cache.store, key, entries.unit_content(files[name]))
    if cache.run and not outcome.diagnostics:
        keep(cache.store, cache.run, entries.run_content(_kept_run(outcome.value, made.keys)))
    _remember(cache, asked)
    prune(cache.store)


def _kept_run(artefacts: Artefacts, keys: Mapping[str, str]) -> Iterable[KeptEnvironment]:
    for each in artefacts.environments:
        units = dict.fromkeys(file.unit for file in each.files)
        yield KeptEnvironment(each.name, tuple(keys[unit] for unit in units), each.inventory)


def _remember(cache: _Cache, asked: Asked) -> None:
    """Make this the last compile of the project, so that the next can tell what changed."""
    if cache.run is None:
        return
    key = entries.last_key(asked.project)
    before = find(cache.store, key)
    if before is None or not before.startswith(f"{cache.run}\n".encode()):
        last = Last(cache.run, cache.compiler, asked.sources)
        keep(cache.store, key, entries.last_content(last))


# --- what must not be kept -----------------------------------------------------------------------


def _dropped_units(
    cache: _Cache, keys: Mapping[str, str], kept: Units, outcome: Outcome[Artefacts]
) -> set[str]:
    """The units whose entries hold other files than were made; these entries are gone."""
    made = _files_by_unit(outcome.value) if outcome.value is not None else {}
    wrong = {name for name, files in kept.items() if name in made and _differ(files, made[name])}
    for name in wrong:
        drop(cache.store, keys[name])
    return wrong


def _differ(one: Iterable[Artefact], other: Iterable[Artefact]) -> bool:
    return sorted(one, key=_path) != sorted(other, key=_path)


def _path(file: Artefact) -> str:
    return file.path


def _dropped_run(cache: _Cache, outcome: Outcome[Artefacts]) -> set[str]:
    """The units of which the entry of the whole compile gives other files; it is gone then."""
    run = _whole_run(cache)
    if run is None or cache.run is None or run == outcome.value:
        return set()
    drop(cache.store, cache.run)
    given = _files_by_unit(run)
    made = _files_by_unit(outcome.value) if outcome.value is not None else {}
    return {unit for unit in {*given, *made} if given.get(unit) != made.get(unit)}
