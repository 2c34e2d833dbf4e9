#include "monet/sharded/together.h"

#include "monet/core/error.h"
#include "monet/dist/collectives.h"

#include <new>
#include <optional>
#include <string>

namespace monet::sharded {

namespace {

enum class ErrorKind : char { argument = 'a', data = 'd', io = 'i', interrupted = 'x', memory = 'm', internal = 'b' };

/// The error that is being handled: its kind in one byte, then its message.
std::string current_error() {
  const auto told = [](ErrorKind kind, const char* what) { return std::string(1, static_cast<char>(kind)) + what; };
  try {
    throw;
  } catch (const InvalidArgument& error) {
    return told(ErrorKind::argument, error.what());
  } catch (const DataError& error) {
    return told(ErrorKind::data, error.what());
  } catch (const IoError& error) {
    return told(ErrorKind::io, error.what());
  } catch (const Interrupted& error) {
    return told(ErrorKind::interrupted, error.what());
  } catch (const std::bad_alloc&) {
    return told(ErrorKind::memory, "");
  } catch (const std::exception& error) {
    return told(ErrorKind::internal, error.what());
  }
}

[[noreturn]] void throw_told(const std::string& error) {
  const std::string what = error.substr(1);
  switch (static_cast<ErrorKind>(error.front())) {
    case ErrorKind::argument: throw InvalidArgument(what);
    case ErrorKind::data: throw DataError(what);
    case ErrorKind::io: throw IoError(what);
    case ErrorKind::interrupted: throw Interrupted(what);
    case ErrorKind::memory: throw std::bad_alloc();
    case ErrorKind::internal: break;
  }
  throw InternalError(what);
}

}  // namespace

void together(dist::Communicator& world, const std::function<void()>& work) {
  std::string error;
  try {
    work();
  } catch (...) {
    error = current_error();
  }
  const Index mine = error.empty() ? world.size() : world.rank();
  const Index first = dist::all_reduced(world, mine, dist::Reduction::least);
  if (first == world.size()) return;
  dist::broadcast(world, error, static_cast<int>(first));
  throw_told(error);
}

bool in_any(dist::Communicator& world, bool here) {
  return dist::all_reduced(world, here ? Index{1} : Index{0}, dist::Reduction::largest) > 0;
}

}  // namespace monet::sharded
