"""What a machine needs before bootsmoke can run on it: an engine, and images where no registry answers."""
