"""From logs, exit codes and Postgres's own log to the one cause of a failed boot. Prints nothing."""
