"""Writes a network of known arithmetic for onnx_test.cpp: maps = relu(1x1 convolution), flat = their means.

usage: make_network.py OUT.onnx [SIZE]; exit code 77 when the onnx package is missing.
"""
import sys

try:
    import numpy as np
    import onnx
    from onnx import TensorProto, helper, numpy_helper
except ImportError:
    sys.exit(77)

size = int(sys.argv[2]) if len(sys.argv) > 2 else 8
weight = np.array([[1, 0, 0], [0, -1, 2]], dtype=np.float32).reshape(2, 3, 1, 1)
bias = np.array([0.5, 0], dtype=np.float32)
nodes = [
    helper.make_node("Conv", ["input", "weight", "bias"], ["sums"], name="convolution", kernel_shape=[1, 1]),
    helper.make_node("Relu", ["sums"], ["maps"]),
    helper.make_node("GlobalAveragePool", ["maps"], ["means"]),
    helper.make_node("Flatten", ["means"], ["flat"]),
]
graph = helper.make_graph(
    nodes,
    "known",
    [helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, 3, size, size])],
    [helper.make_tensor_value_info("flat", TensorProto.FLOAT, [1, 2])],
    [numpy_helper.from_array(weight, "weight"), numpy_helper.from_array(bias, "bias")],
)
onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 11)], ir_version=7), sys.argv[1])
