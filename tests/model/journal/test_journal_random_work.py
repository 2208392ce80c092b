"""The journal against a reference: random work on a folder, others who change it too, and kills at any instant."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from random_work import RandomWork


def test_random_work_with_kills_and_meddlers_keeps_to_the_model():
    health = list(HealthCheck)
    quiet = settings(deadline=None, stateful_step_count=25, suppress_health_check=health, print_blob=True, max_examples=60)
    run_state_machine_as_test(RandomWork, settings=quiet)
