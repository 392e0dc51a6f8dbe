"""Texts that nobody would write: reading, expressions, check, `fmt` and `diff` answer to all of them."""
