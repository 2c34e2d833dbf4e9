// Any bytes as the body of a request: an ask, an item, feedback. What is wrong is a Problem with status 400; what is
// read makes an ask whose rules can be checked.
#include "monet/api/asks.h"
#include "monet/api/gorse_json.h"
#include "monet/api/problem.h"
#include "monet/serve/rules.h"

#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

using monet::api::Json;

template <class Read>
void expect_read_or_refused(const Read& read) {
  try {
    read();
  } catch (const monet::api::Problem& problem) {
    if (problem.status() != 400) std::abort();
  } catch (const monet::InvalidArgument&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Json body;
  try {
    body = monet::api::parse_json(text);
  } catch (const monet::api::Problem& problem) {
    if (problem.status() != 400) std::abort();
    return 0;
  }
  expect_read_or_refused([&] { check(monet::api::ask_of(body).rules); });
  expect_read_or_refused([&] { monet::api::gorse_json(monet::api::gorse_item(body)).dump(); });
  expect_read_or_refused([&] { monet::api::gorse_patch(body); });
  expect_read_or_refused([&] { monet::api::gorse_json(monet::api::gorse_user(body)).dump(); });
  expect_read_or_refused([&] {
    for (const monet::store::Event& event : monet::api::gorse_events(body)) monet::api::gorse_json(event).dump();
  });
  return 0;
}
