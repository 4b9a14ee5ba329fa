# `make demo` and `make test` need python 3.11, 3.12 or 3.13, git and make, and nothing else.
SUITABLE = import sys, venv; sys.exit(not (3, 11) <= sys.version_info < (3, 14))
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do $$p -c '$(SUITABLE)' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/installed
CORES ?=
PROCESSES ?= 2
# Where Linux finds the CPU build of torch, 10 times smaller than the CUDA build. For a GPU: make demo TORCH_INDEX=
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu
SKY_STARS ?= 120000
TASK_SURVEYS ?= 200
# Chosen by the simulated validation stars.
SKY_TRAINING := {"accelerator": "cpu", "test_fraction": 0.02, "validation_fraction": 0.05, "learning_rate": 0.05, \
  "batch_size": 256, "weight_decay": 0.004, "epochs": 25, "patience": 8}

EXPERIMENT ?= demo
# Not `snakemake` itself, which does not start where the home folder cannot be written to.
RUN = $(BIN)/python -m lctransfer run $(if $(CORES),--cores $(CORES))

.PHONY: demo quickstart sky in_context figures check style types contract workflow test docs ui tutorial lock clean help

demo: $(INSTALLED) ## simulated surveys, from files to report, in minutes
	$(RUN) demo

quickstart: $(INSTALLED) ## real stars: the released weights on 810 ASAS light curves
	$(RUN) quickstart

figures: $(INSTALLED) ## draw every figure and table of EXPERIMENT again, without training anything
	$(BIN)/python -m lctransfer report results/$(EXPERIMENT)

check: style types contract workflow docs ## style, types, sizes, import contract, workflow and documentation

style: $(INSTALLED)
	$(BIN)/ruff check . && $(BIN)/ruff format --check .
	$(BIN)/python tools/code_size.py src benchmarks tools workflow

types: $(INSTALLED)
	$(BIN)/mypy

contract: $(INSTALLED)
	$(BIN)/lint-imports

workflow: $(INSTALLED)
	$(BIN)/snakefmt --check Snakefile workflow
	$(BIN)/python tools/lint_workflow.py

test: $(INSTALLED) ## every test, in PROCESSES processes, with a floor for the branch coverage
	$(BIN)/pytest -n $(PROCESSES) --dist loadgroup --no-loadscope-reorder --cov --cov-report term:skip-covered

docs: $(INSTALLED) ## the documentation site, docs/_build/html/index.html
	$(BIN)/sphinx-build -q -W --keep-going docs docs/_build/html

sky: $(INSTALLED) ## train the source model of the simulated sky anew, which comes with the package
	$(BIN)/python -m lctransfer pretrain --simulated $(SKY_STARS) --feature-set both --threads 2 -o results/sky \
	  --model '{"hidden": [128, 256, 256]}' --settings '$(SKY_TRAINING)'
	mkdir -p src/lctransfer/models/sky
	cd results/sky && cp model.json model.safetensors croissant.json card.md $(CURDIR)/src/lctransfer/models/sky/

in_context: $(INSTALLED) ## train the in-context network anew, which comes with the package; after `make sky`
	$(BIN)/python -m lctransfer pretrain --in-context $(TASK_SURVEYS) --threads 2 -o results/in_context
	cp results/in_context/in_context.safetensors results/in_context/in_context.md src/lctransfer/models/sky/

ui: $(INSTALLED) ## MLflow, opened on the chart of all curves; stop it with Ctrl-C
	$(BIN)/python -m lctransfer ui $(if $(filter command% environment%,$(origin EXPERIMENT)),--experiment $(EXPERIMENT))

tutorial: $(INSTALLED) ## run the notebook on real stars and keep what it shows; RAW=folder has the downloads
	$(BIN)/python tools/run_notebook.py docs/notebooks/real_stars.ipynb $(if $(RAW),--raw $(RAW))

lock: ## pin the newest versions that fit together (needs uv)
	uv pip compile pyproject.toml --extra all --extra lsdb --extra cluster --extra onnx --extra test --extra docs --extra benchmark --python-version 3.11 --torch-backend cpu --no-annotate \
	  --no-header | sed 's/+cpu//' > requirements.txt

clean: ## remove what the pipeline made; downloads and the environment stay
	rm -rf results/*/ data/simulated data/smoke

help: ## this list; CORES=2 and EXPERIMENT=quickstart may follow a target
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

$(INSTALLED): requirements.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "No python 3.11, 3.12 or 3.13 with venv was found; set PYTHON=/path/to/python3.11."; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@test -z "$(TORCH_INDEX)" -o "$$(uname)" != Linux || $(BIN)/pip install --quiet --no-compile --no-deps --retries 0 --timeout 10 \
	  --index-url $(TORCH_INDEX) $$(grep '^torch==' requirements.txt) 2>/dev/null || echo "No $(TORCH_INDEX): torch comes with the rest."
	@# Half of them each, side by side, since pip works on one core; what only some platforms need comes after.
	xargs -n 132 -P 2 $(BIN)/pip install --quiet --no-compile --no-deps < requirements.txt
	$(BIN)/pip install --quiet --no-compile --requirement requirements.txt $(if $(findstring {,$(CURDIR)),,--editable .)
	@# By all cores, and without the packages' tests: pip would take three times as long. Some files are templates, and no code.
	@$(BIN)/python -m compileall -qq -j 0 -x '/tests?/' $(VENV)/lib src >/dev/null & \
	  { test -z "$(findstring {,$(CURDIR))" || sh tools/install_in_braces.sh "$(PYTHON)" $(VENV); } && \
	  $(BIN)/python -m lctransfer.features 2>/dev/null; made=$$?; wait; exit $$made # the features' code, too
	touch $@
