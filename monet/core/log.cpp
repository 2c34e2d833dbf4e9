#include "monet/core/log.h"

#include "monet/core/error.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>

namespace monet::log {

namespace {
spdlog::level::level_enum native(Level level) {
  switch (level) {
    case Level::debug: return spdlog::level::debug;
    case Level::info: return spdlog::level::info;
    case Level::warning: return spdlog::level::warn;
    case Level::error: return spdlog::level::err;
    case Level::off: break;
  }
  return spdlog::level::off;
}

spdlog::logger& logger() {
  static const auto instance = [] {
    auto made = std::make_shared<spdlog::logger>("monet", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("%v");
    made->set_level(spdlog::level::warn);
    made->flush_on(spdlog::level::debug);
    return made;
  }();
  return *instance;
}
}  // namespace

void set_level(Level level) {
  logger().set_level(native(level));
}

void write(Level level, std::string_view text) {
  const std::string message = one_line(text);
  if (level == Level::warning) {
    logger().log(native(level), "warning: {}", message);
  } else {
    logger().log(native(level), message);
  }
}

}  // namespace monet::log
