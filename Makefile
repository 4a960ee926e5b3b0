# make demo: set everything up, then the page.  make test: the same set-up, then every check.
# make lint: the style and type checks alone.  Each may be interrupted and run again.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help demo test lint

VENV := .venv
PY := $(VENV)/bin/python

# a stamp is there exactly while the pinned packages are the ones that were installed
run_stamp := $(VENV)/.installed-run-$(shell cat requirements.txt | cksum | cut -d' ' -f1)
test_stamp := $(VENV)/.installed-test-$(shell cat requirements*.txt | cksum | cut -d' ' -f1)

help:
	@sed -n '1,2s/^# //p' Makefile

demo: $(run_stamp)
	@$(PY) -m assistant models fetch
	@$(PY) -m demo.samples
	@exec $(PY) -m demo

test: lint
	@$(PY) -m assistant models fetch
	@$(PY) -m demo.samples
	@$(PY) -m pytest

lint: $(test_stamp)
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy

$(run_stamp):
	@$(call install,requirements.txt,run) && touch $@

$(test_stamp):
	@$(call install,requirements-test.txt,*) && touch $@ $(run_stamp)

# a sound environment is kept; an unfinished or too old one is made anew
define install
sound() { "$$1" -c 'import sys, '"$$2"'; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }; \
if ! sound $(PY) pip; then \
  python=; \
  for each in python3.11 python3.12 python3.13 python3; do \
    if sound "$$each" ensurepip; then python="$$each"; break; fi; \
  done; \
  if [ -z "$$python" ]; then \
    echo 'Python 3.11 or newer with its venv module is needed (Debian: apt install python3-venv).' >&2; \
    exit 2; \
  fi; \
  echo "Python environment: making $(VENV) with $$python" >&2; \
  "$$python" -m venv --clear $(VENV) || exit 2; \
fi; \
echo 'Python packages: installing $(1); the first time takes some minutes' >&2; \
rm -f $(VENV)/.installed-$(2)-* && \
$(PY) -m pip install --disable-pip-version-check --requirement $(1)
endef
