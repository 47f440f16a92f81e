"""Make a network hand out maps from its inside, without touching its file.

An ONNX file is one protocol-buffer message, and such a message may be continued: fields that follow are merged into
what was there (protobuf.dev, Encoding, "Last One Wins": embedded messages are merged). So the names of further outputs
are appended to the bytes; the weights, and the hash of the file, stay what they are.
"""

from collections.abc import Iterable

MODEL_GRAPH, GRAPH_OUTPUT = 7, 12
VALUE_NAME, VALUE_TYPE, TYPE_TENSOR, TENSOR_ELEMENT = 1, 2, 1, 1
"""Field numbers of onnx.proto: ModelProto, GraphProto, ValueInfoProto, TypeProto, TypeProto.Tensor."""

FLOAT = 1


def with_outputs(model: bytes, names: Iterable[str]) -> bytes:
    """Add values of the graph, float tensors, to the outputs of a serialised ONNX model."""
    tensor = bytes([TENSOR_ELEMENT << 3, FLOAT])
    kind = _field(VALUE_TYPE, _field(TYPE_TENSOR, tensor))
    outputs = [_field(GRAPH_OUTPUT, _field(VALUE_NAME, name.encode()) + kind) for name in names]
    return model + _field(MODEL_GRAPH, b"".join(outputs)) if outputs else model


def _field(number: int, content: bytes) -> bytes:
    return bytes([number << 3 | 2]) + _length(len(content)) + content


def _length(value: int) -> bytes:
    digits = bytearray()
    while value > 0x7F:
        digits.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*digits, value])
