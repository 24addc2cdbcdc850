# kernel
"""What kernels need and numpy cannot say: count bits, find the lowest bit, fetch ahead of use.

Without numba a kernel stays a plain function that nobody calls; `COMPILED` tells which it is.
"""

from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

try:
    from llvmlite import ir
    from numba import njit, types
    from numba.core import cgutils
    from numba.core.caching import FunctionCache
    from numba.extending import intrinsic

    COMPILED = True
except ImportError:
    COMPILED = False

P = ParamSpec("P")
R = TypeVar("R")


def _sources() -> str:
    """What all kernels say: the code of one holds that of those it calls."""
    here = Path(__file__)
    digest = sha256()
    for path in sorted([*here.parent.glob("*_kernel.py"), here, here.with_name("bands.py")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def compiled(kernel: Callable[P, R]) -> Callable[P, R]:
    """Compiled at its first call, without the interpreter's lock.

    The machine code is kept on disk where a folder for it may be written to.
    """
    if not COMPILED:
        return kernel
    dispatcher: Any = njit(kernel, nogil=True, error_model="numpy")
    # Without a folder that may be written to, every process compiles for itself.
    with suppress(RuntimeError):
        dispatcher._cache = KernelCache(kernel)
    typed: Callable[P, R] = dispatcher
    return typed


popcount: Any = None
lowest_bit: Any = None
prefetch: Any = None

if COMPILED:
    SOURCES = _sources()

    class _KernelCache(FunctionCache):
        """Machine code on disk, found again only while no kernel has changed."""

        def _index_key(self, sig: Any, codegen: Any) -> Any:
            key: Any = super()._index_key
            return (*key(sig, codegen), SOURCES)

    KernelCache: Any = _KernelCache

    def _popcount(context: Any, word: Any) -> Any:
        """How many bits of a uint64 are one."""

        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return builder.ctpop(arguments[0])

        return types.uint64(types.uint64), generate

    def _lowest_bit(context: Any, word: Any) -> Any:
        """The place (0-63) of the lowest one bit; undefined for 0."""

        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

        return types.uint64(types.uint64), generate

    def _prefetch(context: Any, array: Any, place: Any) -> Any:
        """Begin to load `array[place]` into the caches; a place is unsigned and need not exist."""

        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
            bytes_of = ir.IntType(8).as_pointer()
            pointer = builder.bitcast(builder.gep(data, [arguments[1]]), bytes_of)
            number = ir.IntType(32)
            kind = ir.FunctionType(ir.VoidType(), [bytes_of, number, number, number])
            insert: Any = cgutils.get_or_insert_function
            call = insert(builder.module, kind, "llvm.prefetch.p0")
            read, keep, data_cache = (ir.Constant(number, value) for value in (0, 3, 1))
            builder.call(call, [pointer, read, keep, data_cache])
            return context.get_dummy_value()

        return types.void(array, types.uint64), generate

    popcount = intrinsic(_popcount)
    lowest_bit = intrinsic(_lowest_bit)
    prefetch = intrinsic(_prefetch)
