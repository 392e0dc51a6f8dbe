"""The page of a spec, served while the spec is edited."""
