"""The model process as a deployment of Ray Serve: replicas on one machine or many, as many as there are photos for.

Each replica is the application of `server`, whose line and batches it has to itself. Ray Serve gives a photo to a replica with
few, starts more of them where all have many, and one in the place of another that ended. Needs ray.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ray import serve

from model.cluster import keep_ports_here
from model.core import PROJECT
from model.serving.line import MAX_WAITING
from model.serving.server import create_app

if TYPE_CHECKING:
    from starlette.applications import Starlette

NAME = "model"
TARGET = 8  # photos at once that each replica is to have: more of them fill its batches, fewer are answered sooner
MOST = 2 * MAX_WAITING  # requests at once that a replica gets: its line, and questions how long that is
LOGGING = {"enable_access_log": False}  # no line for every photo
LOOK = 2.0  # seconds between two looks at whether a replica is there


@dataclass(frozen=True)
class Replicas:
    """What the configuration of Ray Serve says of them: the `model`, a safe form or an export in the folder of the program; how
    many of them there may be; the cores of a machine that each takes.
    """

    model: str
    min_replicas: int = 1
    max_replicas: int = 1
    num_cpus: float = 1


def application(arguments: dict[str, Any]) -> serve.Application:
    """What Ray Serve runs, by the arguments of its configuration, which are those of `Replicas`."""
    replicas = Replicas(**arguments)

    def build() -> Starlette:
        """In the process of a replica, which counts as there once its model is loaded."""
        from model.classifier import Classifier

        keep_ports_here()
        os.environ["LOKY_MAX_CPU_COUNT"] = str(max(1, round(replicas.num_cpus)))  # threads of the network
        model = PROJECT / replicas.model
        classifier = Classifier.load(model, named=True)
        return create_app(lambda: classifier, export=model)

    deployment = serve.deployment(
        name=NAME,
        max_ongoing_requests=MOST,
        autoscaling_config={
            "min_replicas": replicas.min_replicas,
            "max_replicas": replicas.max_replicas,
            "target_ongoing_requests": TARGET,
        },
        ray_actor_options={"num_cpus": replicas.num_cpus},
        health_check_period_s=LOOK,
        logging_config=LOGGING,
    )
    return deployment(serve.ingress(build)()).bind()
