#include "tests/report/browser.h"

#include "tests/cli/shop.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <stdexcept>

namespace monet::test {

namespace {

constexpr int kLimitSeconds = 100;

bool open_once(const std::filesystem::path& page, const std::filesystem::path& folder) {
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  const std::string command = fmt::format(
      "timeout -k 5 {} chromium-headless-shell --no-sandbox --disable-gpu --disable-quic --disable-dev-shm-usage "
      "--no-first-run --disable-background-networking --disable-component-update --disable-sync "
      "--user-data-dir='{}/profile' --window-size=1200,900 --enable-logging=stderr --v=0 --dump-dom 'file://{}' "
      ">'{}/dom' 2>'{}/log' </dev/null",
      kLimitSeconds, folder.string(), page.string(), folder.string(), folder.string());
  return std::system(command.c_str()) == 0 && read_text(folder / "dom").find("</html>") != std::string::npos;
}

}  // namespace

Opened open_in_browser(const std::filesystem::path& page, const std::filesystem::path& scratch) {
  if (std::system("command -v chromium-headless-shell >/dev/null") != 0) {
    throw std::runtime_error(
        "there is no chromium-headless-shell to open the page with; scripts/install-deps.sh test installs it");
  }
  const std::filesystem::path folder = scratch / "browser";
  if (!open_once(page, folder) && !open_once(page, folder)) {
    const std::string log = read_text(folder / "log");
    throw std::runtime_error("chromium gave no document; its log ends: " +
                             log.substr(log.size() - std::min<std::size_t>(log.size(), 500)));
  }
  Opened opened;
  opened.dom = read_text(folder / "dom");
  for (const std::string& line : lines_of(read_text(folder / "log"))) {
    if (line.find(":CONSOLE") != std::string::npos) opened.console.push_back(line);
  }
  return opened;
}

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++count;
  return count;
}

}  // namespace monet::test
