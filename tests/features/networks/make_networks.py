"""Writes the networks beside it, without arguments (needs python3-onnx and NumPy).

Most are known arithmetic: two maps, red + 0.5 and 2 blue - green, none below 0; means or places of them.
"""
import os

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FOLDER = os.path.dirname(os.path.abspath(__file__))
WEIGHT = np.array([[1, 0, 0], [0, -1, 2]], dtype=np.float32).reshape(2, 3, 1, 1)
BIAS = np.array([0.5, 0], dtype=np.float32)
MAPS = [
    helper.make_node("Conv", ["input", "weight", "bias"], ["sums"], name="convolution", kernel_shape=[1, 1]),
    helper.make_node("Relu", ["sums"], ["maps"]),
]
MEANS = MAPS + [helper.make_node("GlobalAveragePool", ["maps"], ["means"]), helper.make_node("Flatten", ["means"], ["flat"])]
PLACES = MAPS + [helper.make_node("Flatten", ["maps"], ["flat"])]
RELU = [helper.make_node("Relu", ["input"], ["flat"])]


def tensor(shape, kind=TensorProto.FLOAT, name="input"):
    return helper.make_tensor_value_info(name, kind, shape)


def save(name, nodes, inputs, **more):
    parameters = [numpy_helper.from_array(WEIGHT, "weight"), numpy_helper.from_array(BIAS, "bias")]
    parameters += [numpy_helper.from_array(value, key) for key, value in more.items()]
    graph = helper.make_graph(nodes, name, inputs, [tensor(["rows", "columns"], name="flat")], parameters)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 11)], ir_version=7)
    onnx.save(model, os.path.join(FOLDER, name + ".onnx"))


save("means", MEANS, [tensor([1, 3, 8, 8])])
save("means_of_any", MEANS, [tensor(["N", 3, "height", "width"])])
save("means_of_any_by_numbers", MEANS, [tensor([-1, 3, 0, -1])])
save("places", PLACES, [tensor([1, 3, 2, 3])])
product = helper.make_node("MatMul", ["flat_maps", "matrix"], ["flat"])
save("only_its_size", MAPS + [helper.make_node("Flatten", ["maps"], ["flat_maps"]), product], [tensor([1, 3, 4, 4])],
     matrix=np.ones((32, 2), dtype=np.float32))
save("parameters_listed", MEANS, [tensor([1, 3, 8, 8]), tensor([2, 3, 1, 1], name="weight"), tensor([2], name="bias")])
save("grey", RELU, [tensor([1, 1, 28, 28])])
save("colours_last", RELU, [tensor([1, 8, 8, 3])])
save("of_words", RELU, [tensor(["N", 16])])
save("of_bytes", RELU, [tensor([1, 3, 8, 8], TensorProto.UINT8)])
save("of_two", [helper.make_node("Add", ["input", "mask"], ["flat"])], [tensor([1, 3, 8, 8]), tensor([1, 3, 8, 8], name="mask")])
save("of_nothing", [helper.make_node("Relu", ["bias"], ["flat"])], [])
save("unknown_operator", MAPS + [helper.make_node("Polish", ["maps"], ["flat"])], [tensor([1, 3, 8, 8])])
save("huge", MEANS, [tensor([1, 3, 8, 100000])])
