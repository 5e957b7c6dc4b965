"""How a statement is made to survive a second boot, one module a form; each needs its text alone."""
