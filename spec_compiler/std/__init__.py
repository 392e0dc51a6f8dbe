"""The blocks that ship with the compiler, imported as ``std/…``."""
