"""The parts of a map, those that this process computes, and what they depend on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...contract.lazy import lazy_door

if TYPE_CHECKING:
    from .execution import ALL_HERE, LOCAL, PART_PX, Certificates, Execution, Shard, parse_cluster
    from .plan import PartPlan, plan_parts
    from .run_identity import RunIdentity, identity_of_run
else:
    __getattr__ = lazy_door(__name__, __file__)

__all__ = [
    "ALL_HERE",
    "LOCAL",
    "PART_PX",
    "Certificates",
    "Execution",
    "PartPlan",
    "RunIdentity",
    "Shard",
    "identity_of_run",
    "parse_cluster",
    "plan_parts",
]
