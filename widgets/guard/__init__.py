"""What stands between strangers and the server: addresses, names, messages, kernels. Knows no part of the page.

The server loads it, no kernel does. `voila.json` names its classes for `voila app.ipynb`; a Jupyter server, as on Binder,
loads it as an extension, which reads the same file.

settings    who is served, and the settings of `voila.json` under "Guard"
limits      the most bytes, seconds and messages
names       the names that the owner's page answers to
addresses   the addresses that there are, and what an address may not choose
refusals    what is refused: the reason for the log, the page for a person
gate        every request passes here before Voilà sees it
standalone  the gate and the token of `voila app.ipynb`
opening     the page opened in a browser, with the token
extension   the gate of a Jupyter server
connection  the websocket between a browser and its kernel
handshake   how a websocket begins
messages    what a browser may say to its kernel, taken apart and put together anew
discretion  what a visitor's browser gets to see of the machine: no path, no traceback
logs        the server's logs, which name no kernel and no token
leftovers   what a server that ended without a word has left behind
visits      how much a browser has sent, and the comms that it may speak of
places      the places that there are for visitors, and who gets the next
room        how many visits the memory is enough for
kernels     the kernels of all visitors, each of which ends with its page
template    the page's own front end in the place of Voilà's
files       the files of the front end, compressed once and kept by the browser
pages       the page, for as many as there is room for, and the word of a tab that closes
"""

from typing import TYPE_CHECKING, Any

from model.core.lazy import on_first_use

if TYPE_CHECKING:
    from widgets.guard.connection import GuardedConnection
    from widgets.guard.extension import load
    from widgets.guard.kernels import GuardedKernelManager
    from widgets.guard.standalone import GuardedIdentityProvider

__all__ = ["GuardedConnection", "GuardedIdentityProvider", "GuardedKernelManager", "load"]
__getattr__ = on_first_use(__name__)


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "widgets.guard"}]


def _load_jupyter_server_extension(server: Any) -> None:
    from widgets.guard.extension import load

    load(server)
