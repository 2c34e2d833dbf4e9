#pragma once

#include "monet/autograd/tape.h"
#include "monet/core/matrix.h"

namespace monet::autograd {

/// The discrete Fourier transform of rows of d real numbers, and its inverse, as products: d is small here. Half a
/// spectrum of K = ⌊d/2⌋ + 1 complex numbers lies in a row as its real parts and then its imaginary ones, [n, 2 K].
struct FourierMatrices {
  explicit FourierMatrices(Index dim);
  /// [2 K, d]: F_k(x) = d^(-1/2) Σ_n x_n e^(-2πi kn/d). Imaginary parts of F_0 and F_{d/2} are exactly 0.
  Matrix<float> forward;
  /// [d, 2 K]: y_n = d^(-1/2) [Re Y_0 + 2 Σ_{0<k<d/2} Re(Y_k e^(2πi kn/d)) + (d even) (-1)ⁿ Re Y_{d/2}]. Imaginary
  /// parts of Y_0 and Y_{d/2} count for nothing, and their gradient is exactly 0.
  Matrix<float> inverse;
};

/// x [n, d] → [n, 2 K] and back: 4 n d K operations each, as many for the gradient. `matrices` must live as long as the
/// tape is used. Throw InvalidArgument for another width.
Var spectrum(Tape& tape, const FourierMatrices& matrices, Var x);
Var inverse_spectrum(Tape& tape, const FourierMatrices& matrices, Var y);

/// Products of complex numbers: of two tables [n, 2 K], and of every row of a table with one row of weights [K, 2],
/// each a real and an imaginary part. Gradients: ā = ȳ conj(b), and likewise b̄, for the weights summed over the rows.
/// One pass each way. Throw InvalidArgument for shapes that do not fit.
Var multiply_spectra(Tape& tape, Var a, Var b);
Var filter_spectrum(Tape& tape, Var a, Var weights);

}  // namespace monet::autograd
