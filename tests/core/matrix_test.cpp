#include "monet/core/matrix.h"

#include <gmock/gmock.h>

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace monet {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;

std::vector<float> counted(Index size) {
  std::vector<float> values(static_cast<std::size_t>(size));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i);
  return values;
}

TEST(MatrixView, ColumnsAndRowsOfAViewKeepTheStride) {
  std::vector<float> values = counted(20);
  const MatrixView<float> view{values.data(), 4, 5, 5};
  const MatrixView<float> middle = view.row_range(1, 2).columns(2, 3);
  EXPECT_EQ(middle.rows, 2);
  EXPECT_EQ(middle.cols, 3);
  EXPECT_EQ(middle.stride, 5);
  EXPECT_THAT(middle.row_span(0), ElementsAre(7.0F, 8.0F, 9.0F));
  EXPECT_THAT(middle.row_span(1), ElementsAre(12.0F, 13.0F, 14.0F));
  middle(1, 2) = -1.0F;
  EXPECT_EQ(values[14], -1.0F);
  EXPECT_EQ(view.columns(5, 0).cols, 0);
}

TEST(MatrixView, CopyAndFillTouchOnlyTheirPart) {
  std::vector<float> values(20, 0.0F);
  const MatrixView<float> whole{values.data(), 4, 5, 5};
  fill<float>(whole.columns(1, 2), 3.0F);
  for (Index r = 0; r < 4; ++r) EXPECT_THAT(whole.row_span(r), ElementsAre(0.0F, 3.0F, 3.0F, 0.0F, 0.0F));
  const std::vector<float> source = counted(4);
  copy<float>({source.data(), 2, 2, 2}, whole.row_range(1, 2).columns(3, 2));
  EXPECT_THAT(whole.row_span(1), ElementsAre(0.0F, 3.0F, 3.0F, 0.0F, 1.0F));
  EXPECT_THAT(whole.row_span(2), ElementsAre(0.0F, 3.0F, 3.0F, 2.0F, 3.0F));
  EXPECT_THAT(whole.row_span(3), ElementsAre(0.0F, 3.0F, 3.0F, 0.0F, 0.0F));
}

TEST(Matrix, ZerosAreZeroAndRowsAreContiguous) {
  Matrix<double> matrix = Matrix<double>::zeros(3, 7);
  EXPECT_EQ(matrix.size(), 21);
  EXPECT_EQ(matrix.view().stride, 7);
  for (Index r = 0; r < 3; ++r) EXPECT_THAT(matrix.view().row_span(r), Each(0.0));
  matrix(2, 6) = 4.0;
  EXPECT_EQ(matrix.row(2)[6], 4.0);
  EXPECT_EQ(std::as_const(matrix)(2, 6), 4.0);
}

TEST(Matrix, CopyOfAStridedViewIsCompactAndIndependent) {
  std::vector<float> values = counted(12);
  const Matrix<float> copied = Matrix<float>::copy_of(MatrixView<const float>{values.data() + 1, 3, 2, 4});
  values.assign(12, -1.0F);
  EXPECT_EQ(copied.view().stride, 2);
  EXPECT_THAT(copied.view().row_span(0), ElementsAre(1.0F, 2.0F));
  EXPECT_THAT(copied.view().row_span(2), ElementsAre(9.0F, 10.0F));
}

TEST(Matrix, MovingHandsTheMemoryOver) {
  Matrix<float> matrix = Matrix<float>::zeros(2, 2);
  const float* address = matrix.data();
  const Matrix<float> moved = std::move(matrix);
  EXPECT_EQ(moved.data(), address);
  EXPECT_EQ(moved.rows(), 2);
}

TEST(Buffer, IsAlignedToCacheLinesAndLargeOnesToHugePages) {
  for (const std::size_t bytes : {std::size_t{1}, std::size_t{63}, std::size_t{4096}, std::size_t{1} << 20}) {
    const Buffer buffer(bytes);
    EXPECT_EQ(buffer.size(), bytes);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(buffer.data()) % 64, 0U) << bytes;
  }
  const Buffer large((std::size_t{4} << 20) + 5);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(large.data()) % (std::size_t{2} << 20), 0U);
}

TEST(Matrix, BorrowedRowsAreTheOwnersWhichTheyKeep) {
  auto owner = std::make_shared<std::vector<float>>(std::vector<float>{9, 1, 2, 3, 4});
  const std::weak_ptr<const void> alive = owner;
  const float* rows = owner->data() + 1;  // of no alignment
  Matrix<float> borrowed = Matrix<float>::borrowed(rows, 2, 2, std::move(owner));
  Matrix<float> moved;
  moved = std::move(borrowed);
  EXPECT_EQ(std::as_const(moved).data(), rows);
  EXPECT_EQ(std::as_const(moved)(1, 0), 3.0F);
  EXPECT_FALSE(alive.expired());
  moved = Matrix<float>();
  EXPECT_TRUE(alive.expired());
}

TEST(Buffer, AnEmptyBufferHoldsNothingAndMoveAssignmentTakesOver) {
  const Buffer empty(0);
  EXPECT_EQ(empty.data(), nullptr);
  Buffer a(100);
  const void* address = a.data();
  Buffer b(200);
  b = std::move(a);
  EXPECT_EQ(b.data(), address);
  EXPECT_EQ(b.size(), 100U);
}

}  // namespace
}  // namespace monet
