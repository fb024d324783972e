# Two commands do everything on a fresh Debian machine: `make demo` and `make test`.

PYTHON := .venv/bin/python
SETUP := .venv/ready

.PHONY: help setup demo test check real-data bench bench-method clean

help:
	@echo "make demo    set up, train and map real imagery through qgis_process; look at build/demo/"
	@echo "make test    set up, run every test"
	@echo "make real-data  the main job on the sets in COLEARN_DATA; a table in build/real/results.md"
	@echo "make bench  how fast, against the machine's limits and others, into docs/benchmarks.md; BENCH=\"--only series --rounds 3\" for a part"
	@echo "make bench-method  every method on every set of COLEARN_DATA (an hour or two; resumes); BENCH=\"--shard 1/2\" for a part"
	@echo "make check   set up, run ruff, mypy, the import rules and the plugin site's scans"
	@echo "make setup   install what is needed (QGIS from Debian, the engine's environment in .venv)"

setup: $(SETUP)

$(SETUP): tools/setup.sh engine-requirements.txt scale-requirements.txt dev-requirements.txt
	bash tools/setup.sh
	touch $@

demo: setup
	$(PYTHON) tools/demo.py

real-data: setup
	$(PYTHON) tools/real_data.py

bench: setup
	bash benchmarks/setup.sh
	$(PYTHON) benchmarks/bench.py $(BENCH)

bench-method: setup
	$(PYTHON) benchmarks/bench_method.py $(BENCH)

test: setup
	$(PYTHON) -m pytest -n auto --dist loadfile

check: setup
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy
	$(PYTHON) -m pytest -q tests/test_import_rules.py
	$(PYTHON) tools/scan.py

clean:
	rm -rf build .venv
