"""The message `tf.train.Example`, of which a record of TensorFlow's files is one, for protobuf to read.

It is described here in a pool of its own. TensorFlow puts messages of the same names into that of the process, where
each name may stand once; and to import its description is to import TensorFlow.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from spec_compiler.emitting.requirement import require_library

KINDS = ("bytes_list", "float_list", "int64_list")
"""What the values of a feature may be."""


@cache
def example_message() -> Any:
    """The class of the message."""
    require_library("google.protobuf")
    from google.protobuf import descriptor_pool, message_factory

    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(_described().SerializeToString())
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("tensorflow.Example"))


def _described() -> Any:
    """What `tensorflow/core/example/example.proto` and `feature.proto` state."""
    from google.protobuf.descriptor_pb2 import FieldDescriptorProto as Field
    from google.protobuf.descriptor_pb2 import FileDescriptorProto

    file = FileDescriptorProto(name="example.proto", package="tensorflow", syntax="proto3")
    values = (("BytesList", Field.TYPE_BYTES), ("FloatList", Field.TYPE_FLOAT), ("Int64List", Field.TYPE_INT64))
    for name, kind in values:
        file.message_type.add(name=name).field.add(name="value", number=1, label=Field.LABEL_REPEATED, type=kind)

    def add(message: Any, name: str, number: int, of: str, label: Any = Field.LABEL_OPTIONAL) -> Any:
        whole = f".tensorflow.{of}"
        return message.field.add(name=name, number=number, label=label, type=Field.TYPE_MESSAGE, type_name=whole)

    feature = file.message_type.add(name="Feature")
    feature.oneof_decl.add(name="kind")
    for number, (kind, (name, _)) in enumerate(zip(KINDS, values, strict=True), 1):
        add(feature, kind, number, name).oneof_index = 0
    features = file.message_type.add(name="Features")
    entry = features.nested_type.add(name="FeatureEntry")
    entry.options.map_entry = True
    entry.field.add(name="key", number=1, label=Field.LABEL_OPTIONAL, type=Field.TYPE_STRING)
    add(entry, "value", 2, "Feature")
    add(features, "feature", 1, "Features.FeatureEntry", Field.LABEL_REPEATED)
    add(file.message_type.add(name="Example"), "features", 1, "Features")
    return file
