PYTHON := .venv/bin/python

.PHONY: setup
setup: .setup-stamp

.setup-stamp: engine-requirements.txt dev-requirements.txt
	bash tools/setup.sh
	touch $@
