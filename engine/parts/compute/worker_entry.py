"""The function sent to Dask workers by value: it finds the engine there, whatever its folder is called.

Standard library only; the function must not refer to other names of this module.
"""

from __future__ import annotations


def run_order(root: str, order: str) -> str:
    """Carry out an order of :mod:`.worker` with the engine at ``root``, or at COLEARN_ROOT if set.

    Returns:
        An empty string if the part is finished; otherwise the event with the error.
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
        sys.modules.setdefault(name, module)  # another thread may have been first
    answer: str = importlib.import_module(f"{name}.engine.parts.compute.worker").carry_out_guarded(order)
    return answer
