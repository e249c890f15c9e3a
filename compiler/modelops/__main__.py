"""`python -m modelops`: the same as the console script."""

from modelops.cli import main

if __name__ == "__main__":
    main()
