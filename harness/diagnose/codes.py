"""The one table of failure codes: what each means and what to do. `bootsmoke explain CODE` prints it."""

from __future__ import annotations

from harness.diagnose.code import Code
from harness.diagnose.migration_codes import MIGRATION_CODES
from harness.diagnose.service_codes import SERVICE_CODES
from harness.diagnose.stack_codes import STACK_CODES

__all__ = ["CODES", "Code"]

CODES = {code.code: code for code in (*MIGRATION_CODES, *SERVICE_CODES, *STACK_CODES)}
"""All codes, by code."""
