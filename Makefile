# Two commands matter: `make demo` and `make test`. Everything they need is set up first, once.
PYTHON ?= python3
VENV := .venv/bin
UV := $(VENV)/uv
STAMPS := .stamps
export RASA_TELEMETRY_ENABLED := false

.PHONY: demo test lint setup train bench-nlu clean

demo: setup
	@$(VENV)/thangdee demo

test: $(STAMPS)/dev $(STAMPS)/nlu $(STAMPS)/browser
	@$(VENV)/thangdee train
	$(VENV)/pytest -n 3 --dist loadfile --no-loadscope-reorder $(ARGS)

lint: $(STAMPS)/dev
	$(VENV)/ruff check .
	$(VENV)/ruff format --check .
	$(VENV)/mypy
	$(VENV)/lint-imports
	$(VENV)/pytest tests/flows/test_texts.py

setup: $(STAMPS)/service $(STAMPS)/nlu
	@$(VENV)/thangdee train

train: $(STAMPS)/service $(STAMPS)/nlu
	@nlu/.venv/bin/python nlu/train.py --strictly

# An hour or two, most of it for Rasa's default pipeline: make bench-nlu ARGS=--without-default-pipeline
bench-nlu: $(STAMPS)/service $(STAMPS)/nlu $(if $(findstring --without-default-pipeline,$(ARGS)),,$(STAMPS)/nlu-full)
	@nlu/.venv/bin/python -m nlu.benchmark $(ARGS)

# The interpreter is looked at first, so that a wrong one gets a sentence and not a traceback.
$(STAMPS)/uv: requirements/uv.txt setup/check_python.py
	@$(PYTHON) setup/check_python.py
	@mkdir -p $(STAMPS)
	$(PYTHON) -m venv .venv
	$(VENV)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $@

$(STAMPS)/service: $(STAMPS)/uv requirements/service.txt pyproject.toml
	$(UV) pip install --quiet --python .venv --require-hashes -r requirements/service.txt
	$(UV) pip install --quiet --python .venv --no-deps -e .
	@touch $@

$(STAMPS)/dev: $(STAMPS)/service requirements/dev.txt
	$(UV) pip install --quiet --python .venv --require-hashes -r requirements/dev.txt
	@touch $@

$(STAMPS)/nlu: $(STAMPS)/uv requirements/nlu.txt
	$(UV) venv --quiet --allow-existing --python $(VENV)/python nlu/.venv
	$(UV) pip sync --quiet --python nlu/.venv --require-hashes requirements/nlu.txt
	@touch $@

# Rasa with TensorFlow, 1.5 GB, for one line of bench-nlu; Linux on x86_64 and Python 3.11 only.
$(STAMPS)/nlu-full: $(STAMPS)/uv requirements/nlu-full.txt
	$(UV) venv --quiet --allow-existing --python $(VENV)/python nlu/.venv-full
	$(UV) pip sync --quiet --python nlu/.venv-full --require-hashes requirements/nlu-full.txt
	@touch $@

# Browser tests use Debian's or Ubuntu's own Chromium.
$(STAMPS)/browser: setup/browser.sh
	@sh setup/browser.sh
	@touch $@

clean:
	rm -rf .venv nlu/.venv nlu/.venv-full .stamps nlu/models var
