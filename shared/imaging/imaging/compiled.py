"""How the numeric kernels are compiled: once, for exact types, at import.

A function with a fixed signature is never compiled inside a call. What was compiled is kept in
NUMBA_CACHE_DIR, or beside the source; where neither can be written, every process compiles for
itself when it starts.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
from numba import types

Function = TypeVar("Function", bound=Callable[..., Any])

# Read-only covers both: a picture that Pillow decoded cannot be written, other arrays can.
PICTURE = types.Array(types.uint8, 2, "C", readonly=True)
FLOATS = types.Array(types.float32, 2, "C")
FIXED_ROW = types.Array(types.int32, 1, "C")

# Sums may be taken in any order, so that they use the whole width of the processor; infinities
# and not-a-number keep their meaning.
SUMS_IN_ANY_ORDER = {"contract", "reassoc"}


def compiled(
    signature: Any, *, fastmath: set[str] | None = None, integers: dict[str, Any] | None = None
) -> Callable[[Function], Function]:
    """Compile for one signature; `integers` fixes the type of local names."""

    def decorate(function: Function) -> Function:
        def kernel(*, kept: bool) -> Any:
            return numba.njit(
                signature,
                cache=kept,
                nogil=True,
                fastmath=fastmath or False,
                locals=integers or {},
            )(function)

        try:
            return cast(Function, kernel(kept=True))
        except Exception:  # noqa: BLE001 - whatever is wrong with the kept code, it can be remade
            return cast(Function, kernel(kept=False))

    return decorate
