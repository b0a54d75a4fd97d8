"""Copies of this process, such as those of multiprocessing: what belongs to the original, they let go."""

from __future__ import annotations

import contextlib
import os
import weakref
from typing import Protocol


class _Owner(Protocol):
    def let_go(self) -> None: ...


_owners: weakref.WeakSet[_Owner] = weakref.WeakSet()


def not_in_copies(owner: _Owner) -> None:
    """Has a copy of this process close what `owner` has open, so that it ends with this process."""
    _owners.add(owner)


def _let_go() -> None:
    for owner in list(_owners):
        with contextlib.suppress(OSError, ValueError):
            owner.let_go()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_let_go)
