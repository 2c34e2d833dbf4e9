#include "monet/kernels/transpose.h"

#include "monet/core/matrix.h"

#include <gtest/gtest.h>

namespace monet::kernels {
namespace {

// Whole squares, what is left of them on either side, single rows and columns, and strides beyond the width.
TEST(Transpose, SwapsRowsAndColumnsOfAnySize) {
  for (const Index rows : {1, 3, 4, 5, 64, 67}) {
    for (const Index cols : {1, 2, 4, 7, 16, 33}) {
      Matrix<float> from_memory(rows, cols + 3);
      for (Index i = 0; i < from_memory.size(); ++i) from_memory.data()[i] = static_cast<float>(i);
      Matrix<float> to_memory(cols, rows + 2);
      fill(to_memory.view(), -1.0F);
      const MatrixView<const float> from = from_memory.view().columns(1, cols);
      transpose(from, to_memory.view().columns(0, rows));
      for (Index r = 0; r < rows; ++r) {
        for (Index c = 0; c < cols; ++c) ASSERT_EQ(to_memory(c, r), from(r, c)) << rows << " x " << cols;
      }
      for (Index c = 0; c < cols; ++c) {
        for (Index r = rows; r < rows + 2; ++r) ASSERT_EQ(to_memory(c, r), -1.0F) << "written past the end";
      }
    }
  }
}

}  // namespace
}  // namespace monet::kernels
