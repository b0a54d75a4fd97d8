"""Values that functions return."""

from __future__ import annotations

from decimal import Decimal

import pytest

from allora._numbers import decimal_text, value_texts


class Array:
    """As NumPy has it: neither a sequence nor a number."""

    def __init__(self, values: object) -> None:
        self.values = values

    def tolist(self) -> object:
        return self.values


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1, "1"),
        (0.1, "0.1"),
        (-1e-7, "-1e-07"),
        ("101.250000000000000001", "101.250000000000000001"),
        (Decimal("101.250000000000000001"), "101.250000000000000001"),
    ],
)
def test_numbers_keep_their_digits(value: object, text: str) -> None:
    assert decimal_text(value) == text


@pytest.mark.parametrize("value", [float("nan"), float("inf"), Decimal("NaN"), "1,5", True, None, [1]])
def test_what_is_no_finite_number_is_an_error(value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        decimal_text(value)


@pytest.mark.parametrize("values", [[0.25, 0.75], (0.25, 0.75), {"down": 0.75, "up": 0.25}, Array([0.25, 0.75])])
def test_values_are_in_the_order_of_the_labels(values: object) -> None:
    assert value_texts(values, ["up", "down"]) == ["0.25", "0.75"]


@pytest.mark.parametrize("values", [1.5, [1.5], Array(1.5), Array([1.5]), "1.5"])
def test_one_number_is_the_value_of_the_only_label(values: object) -> None:
    assert value_texts(values, ["y"]) == ["1.5"]


@pytest.mark.parametrize("values", [1.5, [1], {"up": 1}, {"up": 1, "down": 0, "flat": 0}, Array([[1, 2]]), None])
def test_values_of_other_labels_are_an_error(values: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        value_texts(values, ["up", "down"])
