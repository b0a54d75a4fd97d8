"""Tables for those who have pandas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ._errors import AlloraError

if TYPE_CHECKING:
    import pandas


def frame(epochs: Sequence[int], columns: Mapping[str, Sequence[object]]) -> pandas.DataFrame:
    """A table with a row per epoch."""
    try:
        import pandas
    except ImportError as error:
        raise AlloraError("pandas is not installed: pip install 'pandas>=2'") from error
    return pandas.DataFrame(dict(columns), index=pandas.Index(epochs, name="epoch"))
