"""What may be said about an exception: its kind and its place, never its text.

The text of an exception often repeats input; PostgreSQL's always may.
"""

from pathlib import PurePath

from shared.domain.errors import DomainError

LONGEST_CODE = 64


def code_of(error: BaseException) -> str:
    """The stable code of a DomainError, otherwise the name of the exception's class."""
    code = error.code if isinstance(error, DomainError) else type(error).__name__
    return code[:LONGEST_CODE]


def place_of(error: BaseException) -> str:
    """Where it was raised, as `file.py:function:line`."""
    trace = error.__traceback__
    if trace is None:
        return ""
    while trace.tb_next:
        trace = trace.tb_next
    code = trace.tb_frame.f_code
    return f"{PurePath(code.co_filename).name}:{code.co_name}:{trace.tb_lineno}"
