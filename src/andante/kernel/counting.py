"""Numbers with their noun, in what commands and logs say. Pages are translated: they count with `ngettext`."""


def counted(number: int, one: str, many: str = "") -> str:
    """
    Return such as "1 record", "2 records".

    :param many: the plural, where it is not made with an "s"
    """
    return f"{number} {one if number == 1 else many or f'{one}s'}"
