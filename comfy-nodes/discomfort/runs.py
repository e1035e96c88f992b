"""The one memory of runs that the routes fill and the nodes read."""

from .transport.submissions import Runs

runs = Runs()
