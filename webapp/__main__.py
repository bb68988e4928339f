"""`python -m webapp COMMAND`, which `./run COMMAND` calls."""

from webapp import cli

cli.main()
