"""The reference server: runs its whole migration ladder at every boot, then serves HTTP.

It is written the way many servers are, because the harness is proved on it: no table that remembers which
migrations ran, no lock around them, and an exit with code 1 when one of them fails or when Postgres does not
answer, after which the container's restart policy starts it again.
"""
