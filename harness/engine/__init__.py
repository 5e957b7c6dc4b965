"""The container engine: the only room that talks to one."""
