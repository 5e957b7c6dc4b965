"""What a boot does to a database: snapshots of schema and data, and their difference."""

from harness.replay.snapshot import Drift, Snapshot, drift, take

__all__ = ["Drift", "Snapshot", "drift", "take"]
