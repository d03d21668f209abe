"""What the command line cannot go on with."""


class Trouble(Exception):
    """Something the person at the terminal has to know or mend; the message is one sentence."""
