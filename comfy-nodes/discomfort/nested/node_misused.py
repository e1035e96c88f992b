"""A node that is wired or filled in wrongly."""


class NodeMisused(ValueError):
    """A node whose widgets or links make no sense. The message says what to change."""
