"""``python -m buyerline`` and the ``buyerline`` command."""

import sys


def main() -> None:
    """Run the command line, or say which extra it needs."""
    try:
        from buyerline.cli import run
    except ModuleNotFoundError as error:
        if error.name not in {"typer", "rich"}:
            raise
        sys.exit("The buyerline command needs two more packages: pip install 'buyerline[cli]'")
    run()


if __name__ == "__main__":
    main()
