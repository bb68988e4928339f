.PHONY: help run test check

help:  ## what there is
	@sed -n 's/^\([a-z]*\):.*## /make \1\t/p' $(MAKEFILE_LIST)

run:  ## the demonstration, on http://127.0.0.1:8000
	@./run

test:  ## every test
	@./run test

check:  ## format, lint, types, import contracts, tests
	@./run check
