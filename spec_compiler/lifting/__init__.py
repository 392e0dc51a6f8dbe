"""Keras's configuration → the data of a spec, without Keras: a second door into the compiler.

    file ─ model_file ─▶ configuration ─ modernize ─▶ Keras 3's form ─ keras_model ─▶ calls ─ lift ─▶ spec data
                                      what Keras 2 wrote otherwise                 masks, training, blocks

Nothing of a file is executed, imported or followed: it is read as data, and what a spec cannot say is refused with
the place where it stands.
"""
