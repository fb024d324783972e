"""The one function that travels to a Dask worker, by value: it finds the engine there, whatever its folder is called.

Standard library only, and nothing of this module is looked up where the function runs.
"""

from __future__ import annotations


def run_order(root: str, order: str) -> str:
    """Carry out an order of :mod:`.worker` with the engine that lies at ``root``, or where COLEARN_ROOT says.

    Returns:
        Nothing where the part is done; else the event that tells why not.
    """
    import hashlib
    import importlib
    import importlib.util
    import os
    import sys

    place = os.environ.get("COLEARN_ROOT", root)
    name = f"colearn_at_{hashlib.sha256(place.encode()).hexdigest()[:8]}"
    if name not in sys.modules:
        start = os.path.join(place, "__init__.py")
        spec = importlib.util.spec_from_file_location(name, start, submodule_search_locations=[place])
        if spec is None or spec.loader is None or not os.path.isfile(start):
            raise FileNotFoundError(f"no CoLearn at {place} (set COLEARN_ROOT if it is elsewhere on a worker)")
        module = importlib.util.module_from_spec(spec)
        sys.modules.setdefault(name, module)  # another thread may have come first
    answer: str = importlib.import_module(f"{name}.engine.parts.compute.worker").carry_out_guarded(order)
    return answer
