# Isegoria: `make run` shows the demonstration, `make test` proves what is claimed.
GO_FILES := $(shell find . -name '*.go' -not -path './node_modules/*' 2>/dev/null)
WEB_FILES := $(shell find web internal/component -name '*.ts' -o -name '*.css' 2>/dev/null) package.json package-lock.json web/build.mjs
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
DIST := internal/platform/assets/dist/manifest.json

.PHONY: build run test e2e lint clean tools generate shots

build: bin/isegoria

bin/isegoria: $(GO_FILES) $(DIST) go.mod go.sum
	CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=$(VERSION)" -o $@ ./cmd/isegoria

$(DIST): $(WEB_FILES) node_modules/.installed
	npm run --silent build

node_modules/.installed: package.json package-lock.json
	npm ci --no-audit --no-fund
	touch $@

run: build
	bin/isegoria demo --listen 127.0.0.1:8080 --data data/demo

# The science, the house on SQLite and PostgreSQL, then the program in a real browser.
test: tools build
	npm run --silent check
	npm run --silent contrast
	scripts/with-postgres go test -timeout 25m ./...
	scripts/e2e

# Alone: the whole story of an assembly, live sessions, draws, and every page of the demonstration.
e2e: tools build
	scripts/e2e

# What the tests need and the machine may lack (Chromium, PostgreSQL, poppler), from Debian.
tools:
	scripts/install-test-tools

lint: $(DIST)
	scripts/lint

# The generated views, which are committed: the lint compares them.
generate:
	go tool templ generate

shots: build
	node e2e/shots.mjs

clean:
	rm -rf bin data internal/platform/assets/dist/* node_modules
