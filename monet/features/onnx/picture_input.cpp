#include "monet/features/onnx/picture_input.h"

#include "monet/core/error.h"
#include "monet/features/onnx/detail/protobuf.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace monet::features {

namespace {
using detail::ProtobufFields;

constexpr Index kLongestSide = 4096;
constexpr std::uint64_t kFloat32 = 1;

/// A graph's input. Its parts are optional in the file.
struct Declared {
  std::string name;
  std::uint64_t numbers = 0;                // the kind of them; 0: not said
  std::optional<std::vector<Index>> shape;  // 0: any
};

/// The last field `number` of a message, empty where there is none.
std::string_view part(std::string_view message, std::uint64_t number) {
  std::string_view found;
  for (ProtobufFields field(message); field.next();) {
    if (field.number() == number) found = field.bytes();
  }
  return found;
}

std::vector<Index> shape_of(std::string_view message) {
  std::vector<Index> shape;
  for (ProtobufFields field(message); field.next();) {
    if (field.number() != 1) continue;
    Index side = 0;
    for (ProtobufFields of(field.bytes()); of.next();) {
      if (of.number() == 1) side = std::max<Index>(static_cast<Index>(of.value()), 0);  // -1 stands for any, too
    }
    shape.push_back(side);
  }
  return shape;
}

Declared declared(std::string_view value_info) {
  Declared out;
  out.name = part(value_info, 1);
  for (ProtobufFields field(part(part(value_info, 2), 1)); field.next();) {
    if (field.number() == 1) out.numbers = field.value();
    if (field.number() == 2) out.shape = shape_of(field.bytes());
  }
  return out;
}

/// Old files list parameters among the inputs: those have values in the file.
std::vector<Declared> inputs_of(std::string_view graph) {
  std::vector<Declared> inputs;
  std::vector<std::string_view> parameters;
  for (ProtobufFields field(graph); field.next();) {
    if (field.number() == 5) parameters.push_back(part(field.bytes(), 8));
    if (field.number() == 11) inputs.push_back(declared(field.bytes()));
  }
  std::erase_if(inputs, [&](const Declared& input) {
    return std::find(parameters.begin(), parameters.end(), input.name) != parameters.end();
  });
  return inputs;
}

std::string kind_of_numbers(std::uint64_t kind) {
  constexpr std::array<const char*, 12> kNames = {"",      "float32", "uint8",  "int8", "uint16",  "int16",
                                                  "int32", "int64",   "string", "bool", "float16", "float64"};
  return kind < kNames.size() ? kNames[static_cast<std::size_t>(kind)] : fmt::format("ONNX's kind {}", kind);
}

std::string shape_text(const std::vector<Index>& shape) {
  std::vector<std::string> sides;
  for (const Index side : shape) sides.push_back(side == 0 ? "any" : fmt::format("{}", side));
  return fmt::format("[{}]", fmt::join(sides, ", "));
}
}  // namespace

PictureInput picture_input(std::string_view network) {
  std::vector<Declared> inputs;
  try {
    const std::string_view graph = part(network, 7);
    if (graph.empty()) fail<DataError>("it holds no graph");
    inputs = inputs_of(graph);
  } catch (const DataError& error) {
    fail<DataError>("not a network in ONNX: {}", error.what());
  }
  constexpr const char* kWanted = "a network for pictures has one input, [N, 3, height, width]";
  if (inputs.empty()) fail<DataError>("it has no input; {}", kWanted);
  const Declared& input = inputs.front();
  if (inputs.size() > 1) {
    fail<DataError>("it has {} inputs ('{}', '{}'{}); {}", inputs.size(), input.name, inputs[1].name,
                    inputs.size() > 2 ? ", …" : "", kWanted);
  }
  if (input.numbers != kFloat32 && input.numbers != 0) {
    fail<DataError>("its input '{}' holds {} numbers; expected float32", input.name, kind_of_numbers(input.numbers));
  }
  if (!input.shape) return {input.name, 0, 0};
  const std::vector<Index>& shape = *input.shape;
  if (shape.size() != 4 || (shape[1] != 3 && shape[1] != 0)) {
    fail<DataError>("its input '{}' is {}; {}", input.name, shape_text(shape), kWanted);
  }
  if (std::max(shape[2], shape[3]) > kLongestSide) {
    fail<DataError>("its input '{}' is {}; pictures of more than {} a side are not made", input.name, shape_text(shape),
                    kLongestSide);
  }
  return {input.name, shape[3], shape[2]};
}

}  // namespace monet::features
