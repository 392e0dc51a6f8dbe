"""What goes along with training besides the callbacks of the spec; here alone Keras is imported at once."""
