"""What QGIS waits for at its start: the plugin declares its algorithms, and loads nothing that only a run needs."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LATER = (
    *("engine.contract.manifest", "engine.contract.naming", "engine.contract.engine_version"),
    *("engine.contract.wire.events", "engine.contract.wire.strict_json", "engine.contract.wire.plain_files"),
    *("engine.contract.job.job_file", "engine.contract.job.quality"),
    *("plugin.model_card", "plugin.model_edit", "plugin.styles", "plugin.layers", "plugin.training"),
    *("plugin.algorithms.engine_run", "plugin.process.run_files", "plugin.process.engine_process"),
    *("plugin.parameters.types.values", "plugin.process.launcher", "plugin.process.installation"),
    *("plugin.setup.window", "plugin.mapping_dock.dock", "plugin.gui.form_guide"),
)
START = f"""
import importlib.util, json, sys
sys.path[:0] = ['/usr/share/qgis/python/plugins', '/usr/share/qgis/python']
from qgis.core import QgsApplication
app = QgsApplication([], False)
app.initQgis()
before = set(sys.modules)
spec = importlib.util.spec_from_file_location('colearn', {str(ROOT / "__init__.py")!r},
                                              submodule_search_locations=[{str(ROOT)!r}])
package = importlib.util.module_from_spec(spec)
sys.modules['colearn'] = package
spec.loader.exec_module(package)
plugin = package.classFactory(None)
plugin.initProcessing()
names = [each.name() for each in QgsApplication.processingRegistry().providerById('colearn').algorithms()]
print(json.dumps([sorted(names), sorted(set(sys.modules) - before)]))
plugin.unload()
"""


def test_the_start_loads_what_is_declared_and_no_more():
    done = subprocess.run([sys.executable, "-c", START], capture_output=True, text=True, check=True)
    names, loaded = json.loads(done.stdout.splitlines()[-1])
    assert names == ["editclasses", "evaluate", "exportsensor", "inspectmodel", "predict", "train"]
    own = [name[len("colearn.") :] for name in loaded if name.startswith("colearn.")]
    assert "plugin.algorithms.train" in own
    assert [name for name in own if name.startswith(LATER)] == []
    assert {"numpy", "osgeo", "torch", "onnxruntime", "configparser", "tarfile", "ast", "zipfile"} & set(
        loaded
    ) == set()
