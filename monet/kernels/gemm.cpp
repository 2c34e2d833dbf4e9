#include "monet/kernels/gemm.h"

#include "monet/core/error.h"
#include "monet/core/matrix.h"

#include <oneapi/dnnl/dnnl.hpp>

#include <map>
#include <tuple>

// oneDNN on Debian brings libgomp; declared here because <omp.h> belongs to whichever compiler is at work.
extern "C" void omp_set_num_threads(int);

namespace monet::kernels {

namespace {

using dnnl::memory;

/// What distinguishes one compiled matmul from another.
using Key = std::tuple<memory::data_type, Index, Index, Index, Index, Index, Index, bool, bool, bool>;

struct Compiled {
  dnnl::matmul primitive;
  memory a, b, c;
};

const dnnl::engine& engine() {
  static const dnnl::engine instance(dnnl::engine::kind::cpu, 0);
  return instance;
}

template <class T>
void run(memory::data_type type, bool transpose_a, bool transpose_b, MatrixView<const T> a, MatrixView<const T> b,
         bool accumulate, MatrixView<float> c) {
  const Index m = c.rows;
  const Index n = c.cols;
  const Index k = transpose_a ? a.rows : a.cols;
  if ((transpose_a ? a.cols : a.rows) != m || (transpose_b ? b.rows : b.cols) != n ||
      (transpose_b ? b.cols : b.rows) != k) {
    fail<InternalError>("[gemm] {} x {}{} times {} x {}{} does not give {} x {}", a.rows, a.cols,
                        transpose_a ? " transposed" : "", b.rows, b.cols, transpose_b ? " transposed" : "", m, n);
  }
  if (m == 0 || n == 0) return;
  if (k == 0) {
    if (!accumulate) fill(c, 0.0F);
    return;
  }
  // A worker multiplies its own slab. libgomp would start a team that spins at barriers: on a machine with other work a
  // step took 231 ms in place of 10. The setting is the calling thread's own.
  thread_local const bool one_thread = (omp_set_num_threads(1), true);
  static_cast<void>(one_thread);
  // Compiling a primitive takes longer than running a small one, so each thread keeps those it has used.
  thread_local std::map<Key, Compiled> cache;
  thread_local dnnl::stream stream(engine());
  try {
    const Key key{type, m, n, k, a.stride, b.stride, c.stride, transpose_a, transpose_b, accumulate};
    auto found = cache.find(key);
    if (found == cache.end()) {
      if (cache.size() >= 256) cache.clear();
      const auto layout = [](Index stride, bool transpose) {
        return transpose ? memory::dims{1, stride} : memory::dims{stride, 1};
      };
      const memory::desc a_desc({m, k}, type, layout(a.stride, transpose_a));
      const memory::desc b_desc({k, n}, type, layout(b.stride, transpose_b));
      const memory::desc c_desc({m, n}, memory::data_type::f32, memory::dims{c.stride, 1});
      dnnl::primitive_attr attributes;
      if (accumulate) {
        dnnl::post_ops sum;
        sum.append_sum(1.0F);
        attributes.set_post_ops(sum);
      }
      const dnnl::matmul::desc operation(a_desc, b_desc, c_desc);
      const dnnl::matmul::primitive_desc description(operation, attributes, engine());
      Compiled compiled{dnnl::matmul(description), memory(a_desc, engine(), nullptr), memory(b_desc, engine(), nullptr),
                        memory(c_desc, engine(), nullptr)};
      found = cache.emplace(key, std::move(compiled)).first;
    }
    Compiled& compiled = found->second;
    compiled.a.set_data_handle(const_cast<T*>(a.data));
    compiled.b.set_data_handle(const_cast<T*>(b.data));
    compiled.c.set_data_handle(c.data);
    compiled.primitive.execute(
        stream, {{DNNL_ARG_SRC, compiled.a}, {DNNL_ARG_WEIGHTS, compiled.b}, {DNNL_ARG_DST, compiled.c}});
    stream.wait();
  } catch (const dnnl::error& error) {
    fail<InternalError>("[gemm] oneDNN: {} (status {})", error.what(), static_cast<int>(error.status));
  }
}

/// Whether oneDNN multiplies bfloat16 on this machine: without AVX-512 it does not.
bool multiplies_bfloat16() {
  static const bool native = [] {
    const memory::desc one({1, 1}, memory::data_type::bf16, memory::dims{1, 1});
    const memory::desc sum({1, 1}, memory::data_type::f32, memory::dims{1, 1});
    try {
      static_cast<void>(dnnl::matmul::primitive_desc(dnnl::matmul::desc(one, one, sum), engine()));
      return true;
    } catch (const dnnl::error& error) {
      if (error.status != dnnl_unimplemented) throw;
      return false;
    }
  }();
  return native;
}

/// The numbers of `source` in float32, in `memory`.
MatrixView<const float> widened(MatrixView<const BFloat16> source, Matrix<float>& memory) {
  if (memory.size() < source.rows * source.cols) memory = Matrix<float>(source.rows, source.cols);
  const MatrixView<float> target(memory.data(), source.rows, source.cols);
  to_float32(source, target);
  return target;
}

}  // namespace

bool multiplies_bfloat16_fast() {
  // Of oneDNN's instruction sets those that have it are supersets of the first that had.
  const auto mine = static_cast<unsigned>(dnnl::get_effective_cpu_isa());
  constexpr auto kFirst = static_cast<unsigned>(dnnl::cpu_isa::avx512_core_bf16);
  return (mine & kFirst) == kFirst;
}

void gemm(Transpose transpose_a, Transpose transpose_b, MatrixView<const float> a, MatrixView<const float> b,
          bool accumulate, MatrixView<float> c) {
  run<float>(memory::data_type::f32, transpose_a == Transpose::yes, transpose_b == Transpose::yes, a, b, accumulate, c);
}

void gemm(Transpose transpose_a, Transpose transpose_b, MatrixView<const BFloat16> a, MatrixView<const BFloat16> b,
          bool accumulate, MatrixView<float> c) {
  if (!multiplies_bfloat16()) {
    thread_local Matrix<float> wide_a, wide_b;
    gemm(transpose_a, transpose_b, widened(a, wide_a), widened(b, wide_b), accumulate, c);
    return;
  }
  run<BFloat16>(memory::data_type::bf16, transpose_a == Transpose::yes, transpose_b == Transpose::yes, a, b, accumulate,
                c);
}

}  // namespace monet::kernels
