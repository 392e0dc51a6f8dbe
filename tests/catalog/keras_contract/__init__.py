"""The contract of the catalogue: what it says of a layer or an op is what Keras does.

- `calls` makes, of the calls that tests write, the catalogue's objects and Keras's.
- `inference`, `signatures` and `refusals` compare what is inferred, the arguments and what is refused.
- `layer_on_data`, `layer_in_graph`, `layer_results`, `op_on_data` and `op_in_graph` tell whether Keras can run a call,
  each in another sense.
- `drawing` draws calls of any layer, `multiply_adds` counts those of TensorFlow, and `spec_of_model` reads a functional
  model as a spec.
"""
