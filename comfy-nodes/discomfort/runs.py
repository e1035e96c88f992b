"""What the routes and the nodes remember together."""

from .transport.private_mapping import GivenOut
from .transport.remote_contexts import RemoteContexts
from .transport.residents import Residents
from .transport.submissions import Runs

runs = Runs()
given_out = GivenOut()
residents = Residents()
remotes = RemoteContexts()
