"""The type of a socket that takes everything."""


class AnyType(str):
    """ComfyUI asks whether two types differ; this one never does."""

    __slots__ = ()

    def __ne__(self, other: object) -> bool:
        return False

    __eq__ = str.__eq__
    __hash__ = str.__hash__


ANY = AnyType("*")
