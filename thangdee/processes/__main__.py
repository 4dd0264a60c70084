"""`python -m thangdee.processes`: the same as the command `thangdee`."""

from thangdee.processes.cli import main

if __name__ == "__main__":
    main()
