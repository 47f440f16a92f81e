"""`python -m depthperception`, for where the command is not on the path."""

from depthperception.cli.app import main

if __name__ == "__main__":
    main()
