#pragma once

#include <fmt/core.h>

#include <stdexcept>
#include <string>
#include <string_view>

namespace monet {

/// `text` as one line that steers no terminal: line breaks, control characters (C0, DEL, C1) and Unicode's separators
/// of lines and paragraphs are written as escapes: `\n`, `\t`, `\x1b`, `\u2028`. Texts and names of files may hold
/// them.
std::string one_line(std::string_view text);

/// Base of every exception the library throws on purpose. The message is one line, whatever is put into it
/// (`one_line`), that says the operation, what was expected and what came: "[spmm] x has 40 rows, the graph has 55
/// nodes".
class Error : public std::runtime_error {
 public:
  explicit Error(std::string_view message) : std::runtime_error(one_line(message)) {}
};

/// A caller's argument is outside its domain (the program's exit code 1, or 2 where it is a usage error).
class InvalidArgument : public Error {
 public:
  using Error::Error;
};

/// The content of an input is wrong: a malformed file, a shape that does not fit, NaN in features (exit code 1).
class DataError : public Error {
 public:
  using Error::Error;
};

/// The operating system refused: missing file, no permission, disk full (exit code 1).
class IoError : public Error {
 public:
  using Error::Error;
};

/// Our own mistake (exit code 3).
class InternalError : public Error {
 public:
  using Error::Error;
};

/// The user asked to stop (exit code 130).
class Interrupted : public Error {
 public:
  using Error::Error;
};

namespace detail {

template <class E>
[[noreturn]] void throw_formatted(fmt::string_view format, fmt::format_args args) {
  throw E(fmt::vformat(format, args));
}
// Compiled once, in error.cpp: there are a thousand calls.
extern template void throw_formatted<InvalidArgument>(fmt::string_view, fmt::format_args);
extern template void throw_formatted<DataError>(fmt::string_view, fmt::format_args);
extern template void throw_formatted<IoError>(fmt::string_view, fmt::format_args);
extern template void throw_formatted<InternalError>(fmt::string_view, fmt::format_args);

}  // namespace detail

/// Throws `E` with a formatted message: `fail<DataError>("{}: row {} is all NaN", path, row)`.
template <class E, class... Args>
[[noreturn]] void fail(fmt::format_string<Args...> format, Args&&... args) {
  detail::throw_formatted<E>(format, fmt::make_format_args(args...));
}

}  // namespace monet
