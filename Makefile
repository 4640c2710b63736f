# Everything one does with this checkout. `make help` lists it.

BIN := .venv/bin
LOCK := pip compile -q --python-version 3.11 --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header

.DEFAULT_GOAL := help
.PHONY: help run test check bench demo messages docs screenshots lock runtime tools

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

run: runtime ## run the portal with demo data and background jobs; PORT and BIND change the address
	@exec $(BIN)/python scripts/run.py

test: tools ## run the whole test suite
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || \
		echo "Browser tests are skipped: there is no Chromium here (Debian: apt-get install chromium)."
	@$(BIN)/python -m pytest

check: tools ## check style, imports, translations, migrations, production settings and generated pages
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/python scripts/check_messages.py
	DEMO=1 $(BIN)/python manage.py makemigrations --check --dry-run
	@echo manage.py check --deploy --fail-level WARNING
	@DEMO=0 DEBUG=0 ALLOWED_HOSTS=portal.example SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(50))') \
		$(BIN)/python manage.py check --deploy --fail-level WARNING
	DEMO=1 $(BIN)/python manage.py describe --check

bench: tools ## measure against the floor of each operation
	@for file in benchmarks/[!_]*.py; do DEMO=1 $(BIN)/python -W ignore -m benchmarks.$$(basename "$$file" .py) || exit; done

demo: runtime ## load the demo story into the database
	@DEMO=1 $(BIN)/python manage.py migrate --verbosity 0
	@DEMO=1 $(BIN)/python manage.py demo

messages: tools ## enter new texts into the translation file, to be translated there
	@$(BIN)/python scripts/check_messages.py --write

docs: tools ## write the pages that are generated from the code
	@DEMO=1 $(BIN)/python manage.py describe

screenshots: tools ## take the README's pictures anew, by the browser test
	@PICTURES=docs/images REQUIRE_BROWSER=1 $(BIN)/python -m pytest tests/browser

lock: ## lock the dependencies anew, with hashes (needs uv)
	@uv $(LOCK) requirements.in -o requirements.lock
	@uv $(LOCK) requirements-dev.in -o requirements-dev.lock

runtime:
	@sh scripts/set_up.sh requirements.lock

tools:
	@sh scripts/set_up.sh requirements-dev.lock
