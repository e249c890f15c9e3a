"""Part of `local`: text of a manifest with the addresses and folders of this machine in it.

All of a text is rewritten at once: what was put in is never looked at again, wherever the machine
keeps its folders.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

ELSEWHERE = re.compile(r"([a-z0-9-]+)\.([a-z0-9-]+)\.svc\.cluster\.local")
"""The address of a Service in the cluster."""


@dataclass(frozen=True)
class Rewriting:
    """What stands for what.

    Attributes:
        hosts: `host:port` on this machine, by `host:port` in the cluster.
        folders: paths on this machine, by paths in the container.
    """

    hosts: Mapping[str, str]
    folders: Mapping[str, str]

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        """Longer ones first: a folder within another one has a place of its own."""
        hosts = [re.escape(host) for host in _longest_first(self.hosts)]
        folders = [
            rf"(?<![\w./-]){re.escape(folder)}(?![\w.-])" for folder in _longest_first(self.folders)
        ]
        return re.compile("|".join([*hosts, *folders]) or r"(?!)")

    def text(self, text: str) -> str:
        """The text as it holds here."""
        return self._pattern.sub(lambda found: self._place(found[0]), str(text))

    def document(self, text: str) -> Any:  # noqa: ANN401 -- JSON
        """The JSON document in a text, as it holds here."""
        return self._tree(json.loads(text))

    def _place(self, found: str) -> str:
        return self.hosts.get(found) or self.folders[found]

    def _tree(self, tree: object) -> object:
        match tree:
            case dict():
                return {key: self._tree(value) for key, value in tree.items()}
            case list():
                return [self._tree(value) for value in tree]
            case str():
                return self.text(tree)
        return tree


def _longest_first(keys: Mapping[str, str]) -> list[str]:
    return sorted(keys, key=lambda key: (-len(key), key))
