"""The command line's own side of each command: its arguments, what it prints, its exit code.

One file a command. A declaration imports what it needs when it runs, so that help stays quick.
"""
