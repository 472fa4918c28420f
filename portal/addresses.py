"""What stands in an address: numbers of rows."""


def row_number(text: str) -> int:
    """Read a row's number; raise ValueError for what no database could hold, so that args.get() ignores it."""
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise ValueError(text[:20])
    return int(text)
