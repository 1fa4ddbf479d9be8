"""Write a fine-tuned network as ONNX with int8 weights."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import onnx
import torch
from onnx import GraphProto, NodeProto, TensorProto, helper, numpy_helper

if TYPE_CHECKING:
    from network import Network

LARGE = 100_000
"""Weights of fewer values stay float."""


def export(network: Network) -> bytes:
    """Give the ONNX file of a network.

    Large weights are int8 with a scale a column (products) or a row (embeddings). Activations stay float, and
    onnxruntime unpacks the products' weights when it loads the graph: results differ from the network's by the
    rounding of the weights alone, on every processor alike, whatever else is in a batch.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.onnx"
        ids = torch.arange(4, 16)[None]
        pool = torch.full((1, 3, 12), 1 / 12)
        axes = {"ids": {1: "tokens"}, "pool": {1: "rows", 2: "tokens"}, "sentence": {1: "sentences"}}
        torch.onnx.export(
            network.eval(),
            (ids, pool),
            str(path),
            input_names=["ids", "pool"],
            output_names=["passage", "sentence"],
            dynamic_axes=axes,
            opset_version=17,
            dynamo=False,
        )
        model = onnx.load(str(path))
    for weight in [own for own in model.graph.initializer if np.prod(own.dims) >= LARGE]:
        node = next(own for own in model.graph.node if weight.name in own.input)
        quantise = _quantise_rows if node.op_type == "Gather" else _quantise_columns
        quantise(model.graph, weight, node)
    packed: bytes = model.SerializeToString()
    return packed


def _to_int8(graph: GraphProto, weight: TensorProto, axis: int) -> tuple[str, str]:
    """Replace a weight by int8 values and float scales; give their names."""
    values = numpy_helper.to_array(weight)
    scale = np.maximum(np.abs(values).max(axis, keepdims=True), 1e-8).astype(np.float32) / 127
    packed = np.clip(np.rint(values / scale), -127, 127).astype(np.int8)
    names = f"{weight.name}_int8", f"{weight.name}_scale"
    graph.initializer.extend([numpy_helper.from_array(packed, names[0]), numpy_helper.from_array(scale, names[1])])
    graph.initializer.remove(weight)
    return names


def _quantise_columns(graph: GraphProto, weight: TensorProto, node: NodeProto) -> None:
    transposed = any(attribute.name == "transB" and attribute.i for attribute in node.attribute)
    packed, scale = _to_int8(graph, weight, 1 if transposed else 0)
    cast = helper.make_node("Cast", [packed], [f"{packed}_float"], to=TensorProto.FLOAT)
    _insert(graph, node, [cast, helper.make_node("Mul", [f"{packed}_float", scale], [weight.name])])


def _quantise_rows(graph: GraphProto, weight: TensorProto, node: NodeProto) -> None:
    packed, scale = _to_int8(graph, weight, 1)
    ids, name = node.input[1], weight.name
    new = [
        helper.make_node("Gather", [packed, ids], [f"{name}_rows"], axis=0),
        helper.make_node("Cast", [f"{name}_rows"], [f"{name}_float"], to=TensorProto.FLOAT),
        helper.make_node("Gather", [scale, ids], [f"{name}_scales"], axis=0),
        helper.make_node("Mul", [f"{name}_float", f"{name}_scales"], [node.output[0]]),
    ]
    _insert(graph, node, new)
    graph.node.remove(node)


def _insert(graph: GraphProto, node: NodeProto, new: list[NodeProto]) -> None:
    """Put nodes before `node`."""
    place = list(graph.node).index(node)
    for number, own in enumerate(new):
        graph.node.insert(place + number, own)
