"""The model process as a deployment of Ray Serve: as many replicas as there are photos for. The one module that imports Ray.

Each replica is a whole model process with a line and batches of its own; Ray's proxy shares the photos out. A page finds it
through `VOILENS_URL`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ray import serve
from starlette.applications import Starlette

from model.errors import BadUsage
from model.serving.server import create_app

AT_ONCE = 64  # photos that a replica is given at the same time, most of which wait there
WANTED = 8  # of them, above which another replica is started
PATIENCE = 2.0  # seconds between two looks at whether a replica lives


def application(model: str | Path, replicas: int = 1, most: int = 4, cores: float = 1) -> Any:
    """A model (an export or a safe form) as an application for `serve.run`: `replicas` at first and at least, `most` when many
    photos wait, each with so many `cores`. Raises BadUsage.
    """
    if not 1 <= replicas <= most:
        raise BadUsage(
            f"{replicas} replicas at least and {most} at most cannot be: name at least one, and no more than at most."
        )
    place = Path(model).absolute()

    def build() -> Starlette:
        """In a replica."""

        def load() -> Any:
            from model.classifier import Classifier

            return Classifier.load(place)

        return create_app(load, export=place)

    scaling = {"min_replicas": replicas, "initial_replicas": replicas, "max_replicas": most, "target_ongoing_requests": WANTED}
    deployment = serve.deployment(
        name="model",
        max_ongoing_requests=AT_ONCE,
        autoscaling_config=scaling,
        ray_actor_options={"num_cpus": cores},
        health_check_period_s=PATIENCE,
    )
    return deployment(serve.ingress(build)(_Model)).bind()


class _Model:
    """What Ray calls the deployment; the application is its ingress."""
