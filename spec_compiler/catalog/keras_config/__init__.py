"""How each class of the catalogue stands in Keras's configuration, read in both directions.

`table` says what Keras calls a class and how each argument is saved: by rules that hold for all classes, and by the
rows of `layers`, `ops` and `objects` for those that depart from them. `kinds` has the ways in which a value can be
saved, each with its reverse. `serialize` writes what Keras would save, and `deserialize` reads what Keras has saved;
neither imports Keras.
"""
