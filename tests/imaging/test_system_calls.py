"""The filter of system calls, carried out step by step as the kernel would."""

import struct

import pytest
from imaging.system_calls import ALLOW, ALLOWED, END_PROCESS, MACHINES, filter_of

LOAD, JUMP_IF_EQUAL, VERDICT = 0x20, 0x15, 0x06
OTHER_CONVENTION = 0x40000000  # x86's x32 numbers start here


def verdict(program: bytes, machine: int, call: int) -> int:
    steps = list(struct.iter_unpack("=HBBI", program))
    seen = {0: call, 4: machine}
    at = word = 0
    while True:
        code, if_equal, otherwise, value = steps[at]
        at += 1
        if code == LOAD:
            word = seen[value]
        elif code == JUMP_IF_EQUAL:
            at += if_equal if word == value else otherwise
        else:
            assert code == VERDICT
            return int(value)


@pytest.mark.requirement("SEC-P8")
@pytest.mark.parametrize("machine", MACHINES)
def test_what_is_listed_and_nothing_else_is_admitted(machine: str) -> None:
    column, number = MACHINES[machine]
    program = filter_of(machine)
    allowed = {pair[column] for pair in ALLOWED.values()} - {None}

    for call in [*range(600), *range(OTHER_CONVENTION, OTHER_CONVENTION + 600), 2**32 - 1]:
        expected = ALLOW if call in allowed else END_PROCESS
        assert verdict(program, number, call) == expected, call


@pytest.mark.requirement("SEC-P8")
def test_a_call_in_the_convention_of_another_machine_ends_the_process() -> None:
    read = ALLOWED["read"][0]

    assert verdict(filter_of("x86_64"), 0x40000003, read) == END_PROCESS


@pytest.mark.requirement("SEC-P8")
def test_for_an_unknown_machine_there_is_no_filter_rather_than_a_wrong_one() -> None:
    assert filter_of("riscv64") == b""
