"""The addresses in a srcset attribute. source: HTML Living Standard, §4.8.4.3 parsing a srcset."""

_SPACE = " \t\n\f\r"


def addresses(value: str) -> list[str]:
    """In order. A comma may be part of an address (data: has one) but does not end it."""
    found: list[str] = []
    position = 0
    while position < len(value):
        if value[position] in _SPACE + ",":
            position += 1
            continue
        end = _end_of_word(value, position)
        word = value[position:end]
        found.append(word.rstrip(","))
        position = end if word.endswith(",") else _end_of_descriptors(value, end)
    return [address for address in found if address]


def _end_of_word(value: str, position: int) -> int:
    while position < len(value) and value[position] not in _SPACE:
        position += 1
    return position


def _end_of_descriptors(value: str, position: int) -> int:
    comma = value.find(",", position)
    return len(value) if comma < 0 else comma + 1
