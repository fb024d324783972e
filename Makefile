# Two commands do everything on a fresh Debian machine: `make demo` and `make test`.

PYTHON := .venv/bin/python
SETUP := .venv/ready
export ORT_DISABLE_TELEMETRY := 1

.PHONY: help setup demo pictures test test-quick fuzz torture check real-data bench bench-gpu bench-desktop bench-method compat package lock release-check clean

help: ## this list
	@awk -F ':.*## ' '/^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

##@ Start
setup: $(SETUP) ## install what is needed (QGIS from Debian, the engine's environment in .venv)

$(SETUP): tools/setup.sh engine-requirements.txt scale-requirements.txt dev-requirements.txt
	bash tools/setup.sh
	touch $@

demo: setup ## train and map real imagery through qgis_process; look at build/demo/
	$(PYTHON) tools/demo.py

##@ Change
check: setup ## ruff, mypy, the import rules and the plugin site's scans
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy
	$(PYTHON) -m pytest -q tests/test_import_rules.py tests/tools/test_rooms.py
	$(PYTHON) tools/scan.py

test: setup ## every test, on all cores; the ten slowest at the end
	$(PYTHON) -m pytest -n auto --dist loadfile --durations=10

test-quick: setup ## all but the slow tests
	$(PYTHON) -m pytest -n auto --dist loadfile -m "not slow"

##@ Break
fuzz: setup ## mutated models, graphs, jobs, journals, CRS texts and names, in a sandbox: FUZZ="SECONDS SEED [--keep]" (60 0)
	$(PYTHON) tools/hostile/fuzz.py $(FUZZ)

torture: setup ## kills at every file operation, cancels, full drives, 1,000 maps, in a sandbox (an hour; goes on where it was)
	$(PYTHON) tools/hostile/torture.py $(TORTURE)

##@ Measure
pictures: setup ## every window in a real QGIS of 1366 x 768 (Xvfb), with the demo's files; look at build/pictures/
	$(PYTHON) tools/pictures.py

real-data: setup ## the main job on the sets in COLEARN_DATA; a table in build/real/results.md
	$(PYTHON) tools/real_data.py

bench: setup ## how fast, against the machine's limits and others, into docs/benchmarks.md; a part: BENCH="--only series --rounds 3"
	bash benchmarks/setup.sh
	$(PYTHON) benchmarks/bench.py $(BENCH)

bench-gpu: ## GPU tables of docs/benchmarks.md, in minutes, where a card is at hand; needs no GDAL: PYTHON=python3; BENCH=--on-cpu tries it without
	$(PYTHON) benchmarks/bench.py --only gpu $(BENCH)

bench-desktop: setup ## what a person waits for in QGIS, after make demo: the plugin's start, its windows, an error from headers, previews
	$(PYTHON) benchmarks/desktop.py

bench-method: setup ## every method on every set of COLEARN_DATA (hours; resumes); a part: BENCH="--shard 1/2"
	$(PYTHON) benchmarks/bench_method.py $(BENCH)

##@ Release
compat: setup ## QGIS 3.22 to 4.x from one source: Qt 6, old Pythons; as root, with QGIS 3.44 of Debian 13: COMPAT=--debian13
	$(PYTHON) tools/check_compat.py $(COMPAT)

package: setup ## the plugin zip in dist/, scanned, installed and started in a fresh QGIS; PACKAGE=--journey to train and map there
	$(PYTHON) tools/package.py $(PACKAGE)

lock: ## versions and checksums of what the set-up window installs, anew, after engine-requirements.txt changed (network)
	python3 tools/lock.py

release-check: setup ## what this version still lacks before it can be released
	$(PYTHON) tools/release_check.py

##@ Clean
clean: ## remove what was built, the environment too
	rm -rf build dist .venv
