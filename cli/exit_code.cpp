#include "cli/exit_code.h"

#include "monet/core/error.h"
#include "monet/dist/error.h"
#include "cli/output.h"
#include "cli/say.h"
#include "cli/usage_error.h"
#include "cli/wording.h"

#include <fmt/core.h>

#include <cstdio>
#include <exception>
#include <filesystem>
#include <new>
#include <string>

namespace monet::cli {

namespace {

int report(std::string_view program, std::string_view message, int code) {
  say("{}: {}\n", program, in_program_words(message));
  return code;
}

}  // namespace

int report_current_exception(std::string_view program) {
  try {
    throw;
  } catch (const ClosedPipe&) {
    return kDone;
  } catch (const UsageError& error) {
    return report(program, error.what(), kUsage);
  } catch (const Interrupted& error) {
    return report(program, error.what(), kInterrupted);
  } catch (const InternalError& error) {
    return report(program, fmt::format("internal error: {}; please report it", error.what()), kInternal);
  } catch (const dist::DistributedError& error) {
    return report(program, error.what(), kDistributed);
  } catch (const Error& error) {
    return report(program, error.what(), kBadInput);
  } catch (const std::filesystem::filesystem_error& error) {
    return report(program, fmt::format("{}: {}", error.path1().string(), error.code().message()), kBadInput);
  } catch (const std::bad_alloc&) {
    return report(program, "out of memory; close other programs, or use less data or a smaller --dim", kBadInput);
  } catch (const std::exception& error) {
    return report(program, fmt::format("internal error: {}; please report it", error.what()), kInternal);
  } catch (...) {
    return report(program, "internal error of an unknown kind; please report it", kInternal);
  }
}

}  // namespace monet::cli
