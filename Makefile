# make app · make test · make test-slow · make bench · make soak · make lint · make bundle        PORT=, MODEL= and DATA= say where the page is served, which model it asks in place of the one that serves, and which pictures are yours

PORT ?= 8866
MINUTES ?= 30
PYTHON ?= python3
BIN := .venv/bin

.PHONY: app test test-slow bench soak lint bundle install chromium runtime clean

install: .venv/installed .venv/importable

.venv/installed: requirements.txt tests/requirements.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10) and "Python 3.10 or newer is needed: make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt -r tests/requirements.txt
	touch $@

# Voilà loads the guard, which voila.json names, wherever its own program lies.
.venv/importable: .venv/installed
	$(BIN)/python -c 'import pathlib, sysconfig; pathlib.Path(sysconfig.get_path("purelib"), "voilens.pth").write_text(f"{pathlib.Path.cwd()}\n")'
	touch $@

# They travel as they were written, spaces and ~ and all: the page makes paths of them.
ifdef MODEL
app: export VOILENS_MODEL := $(value MODEL)
endif
ifdef DATA
app: export VOILENS_FOLDER := $(value DATA)
endif

app: install
	$(BIN)/voila app.ipynb --Voila.ip=127.0.0.1 --port=$(PORT)

# Debian's or macOS's own browser where there is one; else the system's package, else Playwright's build.
chromium: install
	@$(BIN)/python tests/browser/find_chromium.py --install

# What a published page runs on, once, by npm; without a network the tests that need it say that they are left out.
runtime: install
	@$(BIN)/python -c 'from model.publishing.runtime import browser_runtime; browser_runtime()' || true

# A file stays with one worker, which makes what its tests share once; tests/conftest.py says which files go first.
PYTEST := $(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

test: chromium runtime
	$(PYTEST) -m "not slow" $(ARGS)

test-slow: chromium runtime
	$(PYTEST) -m slow $(ARGS)

bench: chromium
	$(BIN)/python -m benchmarks

# Visits for so many minutes, then crowds, kills, bad files, flipped bits and power cuts in full; prints the table of the README.
soak: install
	PYTHONPATH=.:tests/support:tests/soak $(BIN)/python tests/soak/soak.py --minutes $(MINUTES) $(ARGS)

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python tests/scripts/check_types.py

# The scripts and styles of the page that Voilà serves, once for a release: what is made is committed.
bundle: install
	$(BIN)/python tests/scripts/bundle.py

clean:
	rm -rf .venv .pytest_cache .ruff_cache .hypothesis
