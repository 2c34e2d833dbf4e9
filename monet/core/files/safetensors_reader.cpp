#include "monet/core/error.h"
#include "monet/core/files/foreign.h"
#include "monet/core/files/half.h"
#include "monet/core/files/safetensors.h"

#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <set>
#include <utility>

namespace monet::files {

namespace {
using nlohmann::json;

struct DtypeRow {
  Dtype dtype;
  std::string_view name;
  std::size_t bytes;
};
constexpr std::array<DtypeRow, 13> kDtypes = {{{Dtype::boolean, "BOOL", 1},
                                               {Dtype::u8, "U8", 1},
                                               {Dtype::i8, "I8", 1},
                                               {Dtype::u16, "U16", 2},
                                               {Dtype::i16, "I16", 2},
                                               {Dtype::f16, "F16", 2},
                                               {Dtype::bf16, "BF16", 2},
                                               {Dtype::u32, "U32", 4},
                                               {Dtype::i32, "I32", 4},
                                               {Dtype::f32, "F32", 4},
                                               {Dtype::u64, "U64", 8},
                                               {Dtype::i64, "I64", 8},
                                               {Dtype::f64, "F64", 8}}};

// The limit of the format's own library.
constexpr std::uint64_t kMaxHeader = 100'000'000;

const DtypeRow& row_of(Dtype dtype) {
  return *std::find_if(kDtypes.begin(), kDtypes.end(), [&](const DtypeRow& row) { return row.dtype == dtype; });
}

struct Range {
  std::uint64_t begin;
  std::uint64_t end;
};

class HeaderReader {
 public:
  explicit HeaderReader(const std::string& file) : file_(file) {}

  json parse(std::string_view text) const {
    std::set<std::string> keys;
    std::string repeated;
    const auto watch = [&](int depth, json::parse_event_t event, json& parsed) {
      if (depth == 1 && event == json::parse_event_t::key && !keys.insert(parsed.get<std::string>()).second) {
        repeated = parsed.get<std::string>();
      }
      return true;
    };
    json header;
    try {
      header = json::parse(text, watch);
    } catch (const json::exception& error) {
      fail<DataError>("{}: not a safetensors file: its header is not JSON ({})", file_, error.what());
    }
    if (!repeated.empty()) fail<DataError>("{}: damaged: tensor {} is there twice", file_, repeated);
    if (!header.is_object()) fail<DataError>("{}: damaged: the header is not a JSON object", file_);
    return header;
  }

  std::map<std::string, std::string> metadata(const json& value) const {
    std::map<std::string, std::string> out;
    if (!value.is_object()) fail<DataError>("{}: damaged: __metadata__ is not an object", file_);
    for (const auto& [key, text] : value.items()) {
      if (!text.is_string()) fail<DataError>("{}: damaged: __metadata__.{} is not a string", file_, key);
      out[key] = text.get<std::string>();
    }
    return out;
  }

  Tensor tensor(const std::string& name, const json& value) const {
    Tensor out;
    out.name = name;
    const json& dtype = member(name, value, "dtype");
    if (!dtype.is_string()) fail<DataError>("{}: damaged: the dtype of {} is not a string", file_, name);
    const auto& text = dtype.get_ref<const std::string&>();
    const auto row = std::find_if(kDtypes.begin(), kDtypes.end(), [&](const DtypeRow& r) { return r.name == text; });
    if (row == kDtypes.end())
      fail<DataError>("{}: tensor {} has dtype {}, which is not read; save it as F32 (float32)", file_, name, text);
    out.dtype = row->dtype;
    for (const std::uint64_t extent : numbers(name, value, "shape")) {
      if (extent > static_cast<std::uint64_t>(std::numeric_limits<Index>::max())) {
        fail<DataError>("{}: damaged: {} has an extent of {}", file_, name, extent);
      }
      out.shape.push_back(static_cast<Index>(extent));
    }
    return out;
  }

  /// The byte range of a tensor, checked against its shape and the size of the data.
  Range range(const Tensor& tensor, const json& value, std::uint64_t data_bytes) const {
    const auto offsets = numbers(tensor.name, value, "data_offsets");
    if (offsets.size() != 2 || offsets[0] > offsets[1]) {
      fail<DataError>("{}: damaged: the data_offsets of {} are not a range", file_, tensor.name);
    }
    if (offsets[1] > data_bytes) {
      fail<DataError>("{}: truncated or damaged: {} ends at byte {} of the data, of which there are {}", file_,
                      tensor.name, offsets[1], data_bytes);
    }
    std::uint64_t expected = row_of(tensor.dtype).bytes;
    for (const Index extent : tensor.shape) {
      if (__builtin_mul_overflow(expected, static_cast<std::uint64_t>(extent), &expected)) {
        fail<DataError>("{}: damaged: the shape of {} overflows", file_, tensor.name);
      }
    }
    if (expected != offsets[1] - offsets[0]) {
      fail<DataError>("{}: damaged: {} is {}, which takes {} bytes, and has {}", file_, tensor.name, tensor.describe(),
                      expected, offsets[1] - offsets[0]);
    }
    return {offsets[0], offsets[1]};
  }

 private:
  const json& member(const std::string& name, const json& value, const char* key) const {
    if (!value.is_object() || !value.contains(key))
      fail<DataError>("{}: damaged: tensor {} has no {}", file_, name, key);
    return value[key];
  }

  std::vector<std::uint64_t> numbers(const std::string& name, const json& value, const char* key) const {
    const json& list = member(name, value, key);
    if (!list.is_array()) fail<DataError>("{}: damaged: the {} of {} is not a list", file_, key, name);
    std::vector<std::uint64_t> out;
    for (const json& number : list) {
      if (!number.is_number_unsigned()) {
        fail<DataError>("{}: damaged: the {} of {} holds something other than a whole number >= 0", file_, key, name);
      }
      out.push_back(number.get<std::uint64_t>());
    }
    return out;
  }

  const std::string& file_;
};

/// Tensors must lie back to back and fill the data exactly: an overlap or a hole means that some offset is wrong.
void require_tiling(const std::string& file, std::vector<std::pair<Range, std::string>> ranges,
                    std::uint64_t data_bytes) {
  std::sort(ranges.begin(), ranges.end(), [](const auto& a, const auto& b) {
    return std::pair(a.first.begin, a.first.end) < std::pair(b.first.begin, b.first.end);
  });
  std::uint64_t reached = 0;
  for (const auto& [range, name] : ranges) {
    if (range.begin < reached) fail<DataError>("{}: damaged: {} overlaps the tensor before it", file, name);
    if (range.begin > reached)
      fail<DataError>("{}: damaged: {} unused bytes before {}", file, range.begin - reached, name);
    reached = range.end;
  }
  if (reached != data_bytes) fail<DataError>("{}: damaged: {} bytes after the last tensor", file, data_bytes - reached);
}

template <class Word, class Convert>
void convert_all(std::span<const std::byte> bytes, float* out, Convert convert) {
  const auto* words = reinterpret_cast<const Word*>(bytes.data());
  for (std::size_t k = 0; k < bytes.size() / sizeof(Word); ++k) out[k] = convert(words[k]);
}
template <class Word>
void convert_all(std::span<const std::byte> bytes, float* out) {
  convert_all<Word>(bytes, out, [](Word word) { return static_cast<float>(word); });
}
}  // namespace

std::size_t size_of(Dtype dtype) {
  return row_of(dtype).bytes;
}
std::string_view name_of(Dtype dtype) {
  return row_of(dtype).name;
}

Index Tensor::size() const {
  return static_cast<Index>(bytes.size() / size_of(dtype));
}

std::string Tensor::describe() const {
  return fmt::format("{} [{}]", name_of(dtype), fmt::join(shape, ", "));
}

Safetensors::Safetensors(const std::filesystem::path& path) : name_(path.string()), file_(path) {
  parse(file_.bytes());
}

Safetensors::Safetensors(std::span<const std::byte> bytes, std::string name) : name_(std::move(name)) {
  parse(bytes);
}

void Safetensors::parse(std::span<const std::byte> bytes) {
  const std::span<const std::byte> whole = bytes;
  std::uint64_t header_bytes = 0;
  if (bytes.size() < sizeof header_bytes) {
    fail<DataError>("{}: not a safetensors file: it has only {} bytes", name_, bytes.size());
  }
  std::memcpy(&header_bytes, bytes.data(), sizeof header_bytes);
  bytes = bytes.subspan(sizeof header_bytes);
  if (header_bytes > kMaxHeader)
    refuse_foreign_file(name_, {reinterpret_cast<const char*>(whole.data()), whole.size()}, Wanted::tensors);
  if (header_bytes > kMaxHeader || header_bytes > bytes.size()) {
    fail<DataError>("{}: truncated or not a safetensors file: it announces a header of {} bytes, {} follow", name_,
                    header_bytes, bytes.size());
  }
  const auto header_size = static_cast<std::size_t>(header_bytes);
  const HeaderReader reader(name_);
  const json header = reader.parse({reinterpret_cast<const char*>(bytes.data()), header_size});
  const auto data = bytes.subspan(header_size);

  std::vector<std::pair<Range, std::string>> ranges;
  for (const auto& [name, value] : header.items()) {
    if (name == "__metadata__") {
      metadata_ = reader.metadata(value);
      continue;
    }
    Tensor tensor = reader.tensor(name, value);
    const Range range = reader.range(tensor, value, data.size());
    ranges.emplace_back(range, name);
    tensor.bytes =
        data.subspan(static_cast<std::size_t>(range.begin), static_cast<std::size_t>(range.end - range.begin));
    tensors_.push_back(std::move(tensor));
  }
  require_tiling(name_, std::move(ranges), data.size());

  for (Tensor& tensor : tensors_) {
    if (reinterpret_cast<std::uintptr_t>(tensor.bytes.data()) % size_of(tensor.dtype) == 0) continue;
    Buffer& copy = copies_.emplace_back(tensor.bytes.size());
    if (!tensor.bytes.empty()) std::memcpy(copy.data(), tensor.bytes.data(), tensor.bytes.size());
    tensor.bytes = {static_cast<const std::byte*>(copy.data()), tensor.bytes.size()};
  }
}

const Tensor* Safetensors::find(std::string_view name) const {
  const auto found = std::find_if(tensors_.begin(), tensors_.end(), [&](const Tensor& t) { return t.name == name; });
  return found == tensors_.end() ? nullptr : &*found;
}

const Tensor& Safetensors::at(std::string_view name) const {
  const Tensor* tensor = find(name);
  if (tensor == nullptr) fail<DataError>("{}: there is no tensor {}", name_, name);
  return *tensor;
}

const Tensor& Safetensors::checked(std::string_view name, Dtype dtype, std::size_t rank) const {
  const Tensor& tensor = at(name);
  if (tensor.dtype != dtype) {
    fail<DataError>("{}: {} is {}, expected {}", name_, name, tensor.describe(), name_of(dtype));
  }
  if (rank != 0 && (tensor.shape.empty() || tensor.shape.size() > rank)) {
    fail<DataError>("{}: {} is {}, expected a matrix", name_, name, tensor.describe());
  }
  return tensor;
}

Matrix<float> Safetensors::floats(std::string_view name) const {
  const Tensor& tensor = at(name);
  if (tensor.shape.empty() || tensor.shape.size() > 2) {
    fail<DataError>("{}: {} is {}, expected a matrix", name_, name, tensor.describe());
  }
  Matrix<float> out(tensor.shape[0], tensor.shape.size() == 2 ? tensor.shape[1] : 1);
  float* to = out.data();
  switch (tensor.dtype) {
    case Dtype::boolean:
      convert_all<std::uint8_t>(tensor.bytes, to, [](std::uint8_t flag) { return flag != 0 ? 1.0F : 0.0F; });
      break;
    case Dtype::u8: convert_all<std::uint8_t>(tensor.bytes, to); break;
    case Dtype::i8: convert_all<std::int8_t>(tensor.bytes, to); break;
    case Dtype::u16: convert_all<std::uint16_t>(tensor.bytes, to); break;
    case Dtype::i16: convert_all<std::int16_t>(tensor.bytes, to); break;
    case Dtype::f16: convert_all<std::uint16_t>(tensor.bytes, to, half_to_float); break;
    case Dtype::bf16: convert_all<std::uint16_t>(tensor.bytes, to, bfloat16_to_float); break;
    case Dtype::u32: convert_all<std::uint32_t>(tensor.bytes, to); break;
    case Dtype::i32: convert_all<std::int32_t>(tensor.bytes, to); break;
    case Dtype::f32: convert_all<float>(tensor.bytes, to); break;
    case Dtype::u64: convert_all<std::uint64_t>(tensor.bytes, to); break;
    case Dtype::i64: convert_all<std::int64_t>(tensor.bytes, to); break;
    case Dtype::f64: convert_all<double>(tensor.bytes, to); break;
  }
  return out;
}

}  // namespace monet::files
