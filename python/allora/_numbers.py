"""Numbers between models and the chain, whose numbers have 18 digits after the point."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Protocol, SupportsFloat, TypeAlias, runtime_checkable

Number: TypeAlias = int | float | str | Decimal | SupportsFloat
"""A number: `float` for most models, `Decimal` or a text where each digit counts."""


@runtime_checkable
class HasToList(Protocol):
    """An array of NumPy, or a column of pandas."""

    def tolist(self) -> object: ...


Values: TypeAlias = Number | Sequence[Number] | Mapping[str, Number] | HasToList
"""The values of an inference or a truth: one number, one per label in the topic's order, or numbers by label."""


def decimal_text(value: object) -> str:
    """A number as the chain reads it."""
    if isinstance(value, bool):
        raise TypeError(f"{value} is a bool, not a number")
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str | Decimal):
        try:
            exact = Decimal(value)
        except InvalidOperation:
            raise ValueError(f"{value!r} is not a decimal number") from None
        if not exact.is_finite():
            raise ValueError(f"{value} is not a finite number")
        return str(exact)
    if isinstance(value, SupportsFloat):
        rounded = float(value)
        if not math.isfinite(rounded):
            raise ValueError(f"{rounded} is not a finite number")
        return repr(rounded)
    raise TypeError(f"{value!r} is not a number")


def value_texts(values: object, labels: Sequence[str]) -> list[str]:
    """The values that a model has returned, one per label, as the chain reads them."""
    if isinstance(values, HasToList):
        values = values.tolist()
    if isinstance(values, Mapping):
        unknown = [name for name in values if name not in labels]
        missing = [label for label in labels if label not in values]
        if unknown or missing:
            raise ValueError(f"the labels are {list(labels)}, and the values are of {list(values)}")
        return [decimal_text(values[label]) for label in labels]
    if not isinstance(values, Sequence) or isinstance(values, str):
        values = [values]
    if len(values) != len(labels):
        raise ValueError(f"{len(values)} values, and the topic has the labels {list(labels)}")
    return [decimal_text(value) for value in values]


def loss_texts(losses: object, count: int) -> list[str]:
    """The losses that a model has returned, one per element, as the chain reads them."""
    if isinstance(losses, HasToList):
        losses = losses.tolist()
    if not isinstance(losses, Sequence) or isinstance(losses, str):
        raise TypeError(f"losses are a list with one per element, and not {losses!r}")
    if len(losses) != count:
        raise ValueError(f"{len(losses)} losses, and there are {count} elements")
    return [decimal_text(loss) for loss in losses]
