# Works with GNU make 3.81, which macOS has, and newer. The environment is made on first use of
# whatever needs it, and again when pyproject.toml changes.

# The folder of pictures that the simulated camera photographs; the Pi to deploy to; MNIST's
# folder, else it is downloaded; further words for the command that runs.
NOTES ?=
PI ?=
MNIST ?=
ARGS ?=
# The stages of the real stack to run, else all.
STAGE ?=
# The Python to make the environment with, else the first that is new enough.
PYTHON ?=
# Where a Raspberry Pi says that it is one, and where its camera and pins are.
MODEL_FILE ?= /proc/device-tree/model
DEV ?= /dev
# The shell reads these from its environment, so that no value is ever taken for a command.
export NOTES PI MNIST STAGE PYTHON MODEL_FILE

READY := .venv/.ready-run
READY_TO_TEST := .venv/.ready-test
MNIST_OPTION := $(if $(MNIST),--mnist "$$MNIST")
ASK_PI = if [ -z "$$PI" ]; then echo "make $@: which Pi? make $@ PI=user@host" >&2; exit 2; fi
IS_PI := $(shell grep -aqs "Raspberry Pi" "$(MODEL_FILE)" && echo yes)
# DESKTOP= opens no browser.
DESKTOP ?= $(or $(DISPLAY),$(WAYLAND_DISPLAY),$(filter Darwin,$(shell uname)))
HAS_DESKTOP := $(if $(DESKTOP),yes)
HAS_HARDWARE := $(and $(IS_PI),$(wildcard $(DEV)/gpiochip*),$(wildcard $(DEV)/video0))

.PHONY: help setup run test pi-test soak lint train bench accuracy bench-pi lessons deploy deploy-weights rollback status logs clean

help:  ## list what make can do
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-16s%s\n", $$1, $$2 }' Makefile

setup: $(READY)  ## make .venv, with .venv/bin/inkling and .venv/bin/inkling-desk

run: $(READY)  ## start the appliance, simulated where there is no Pi; NOTES=folder shows it pictures
	@set --; \
	if [ -n "$$NOTES" ]; then set -- --simulate --notes "$$NOTES"; \
	elif [ -z "$(HAS_HARDWARE)" ]; then set -- --simulate; fi; \
	if [ -n "$(HAS_DESKTOP)" ]; then set -- "$$@" --browser; fi; \
	exec .venv/bin/inkling run "$$@" $(ARGS)

test: $(READY_TO_TEST)  ## run the tests; ARGS="-k button" runs some
	@.venv/bin/python -m pytest $(ARGS)

pi-test: $(READY_TO_TEST)  ## run the real stack on emulated hardware; STAGE="arm lines" runs some
	@.venv/bin/python -m tests.pi $$STAGE $(ARGS)

soak: $(READY_TO_TEST)  ## press 10,000 times while everything happens; ARGS="--seed 4" repeats one
	@.venv/bin/python -m tests.endurance.soak $(ARGS)

lint: $(READY_TO_TEST)  ## check style and types
	@.venv/bin/python -m ruff check .
	@.venv/bin/python -m ruff format --check --quiet .
	@.venv/bin/python -m mypy

train: $(READY)  ## train the shipped weights again; MNIST=folder, else it is downloaded
	@.venv/bin/inkling-desk train --out nn/inkling.npz $(MNIST_OPTION) $(ARGS)

bench: $(READY)  ## compare costs within one run; MNIST=folder, else it is downloaded
	@.venv/bin/inkling-desk bench $(MNIST_OPTION) $(ARGS)

accuracy: $(READY)  ## measure the shipped weights on generated notes; pictures in out/accuracy
	@.venv/bin/inkling-desk accuracy $(MNIST_OPTION) $(ARGS)

bench-pi: $(READY)  ## count what a reading costs on a Zero's processor, emulated by QEMU
	@.venv/bin/inkling-desk cost $(ARGS)

lessons: $(READY)  ## make the pictures of docs/learning.md; MNIST=folder, else it is downloaded
	@.venv/bin/inkling-desk lesson all --out docs/learning $(MNIST_OPTION) $(ARGS)
	@.venv/bin/inkling-desk mind --weights docs/learning/talk.npz --out docs/learning/mind $(MNIST_OPTION)
	@.venv/bin/inkling-desk sheet --example docs/learning/sheet.jpg
	@.venv/bin/inkling-desk sheet docs/learning/sheet.jpg --out out/handwriting
	@cp out/handwriting/contact-sheet.png docs/learning/

deploy: $(READY)  ## bring the program to a Pi, or to several; PI="user@host user@other"
	@$(ASK_PI)
	@.venv/bin/inkling-desk deploy $(ARGS) -- "$$PI"

deploy-weights: $(READY)  ## bring weights alone, without a restart; PI=user@host
	@$(ASK_PI)
	@.venv/bin/inkling-desk deploy-weights $(ARGS) -- "$$PI"

rollback: $(READY)  ## let a Pi run the release that it ran before; PI=user@host
	@$(ASK_PI)
	@.venv/bin/inkling-desk rollback $(ARGS) -- "$$PI"

status: $(READY)  ## say what runs on a Pi, and how it does; PI=user@host
	@$(ASK_PI)
	@.venv/bin/inkling-desk status $(ARGS) -- "$$PI"

logs: $(READY)  ## follow the log of a Pi; PI=user@host
	@$(ASK_PI)
	@.venv/bin/inkling-desk logs $(ARGS) -- "$$PI"

clean:  ## remove the environment and what tools left behind, not what was trained
	@rm -rf .venv build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A folder that was moved or copied has an environment that points to the old place.
ifneq "$(shell cat $(READY) 2>/dev/null)" "$(CURDIR)"
.PHONY: $(READY)
endif

$(READY): pyproject.toml tools/setup.sh tools/pi-packages.txt
	@sh tools/setup.sh run

$(READY_TO_TEST): $(READY)
	@sh tools/setup.sh test
