"""The model process: one model for every visitor, over HTTP. Knows no page.

server         the ASGI application and its limits; `serve` runs it
line           whose photo is next, how many are before one
arrivals       photos on their way here, within a bound
model_process  the model, the photos that wait, their batches; explanations
upload         a picture out of a request: a body, a form, JSON
hosts          where a model process is, and how one of this machine is started
waiting        how a client waits: told how long the line is, no longer than the answer is wanted
replicas       the application as a deployment of Ray Serve; alone needs ray when it is imported
on_this_machine  such replicas by a Ray of this machine, as a program
prefetch       starts an answer when a photo arrives, before the click
"""

from typing import TYPE_CHECKING

from model.core.lazy import on_first_use

if TYPE_CHECKING:
    from model.serving.hosts import NOT_STARTED, READY_SECONDS, ConnectionPool, LocalProcess, RemoteProcess
    from model.serving.on_this_machine import RAY_SETTINGS, replicas_running
    from model.serving.prefetch import Prefetch
    from model.serving.server import create_app, serve
    from model.serving.waiting import Wait

__all__ = [
    "NOT_STARTED",
    "RAY_SETTINGS",
    "READY_SECONDS",
    "ConnectionPool",
    "LocalProcess",
    "Prefetch",
    "RemoteProcess",
    "Wait",
    "create_app",
    "replicas_running",
    "serve",
]
__getattr__ = on_first_use(__name__)
