#pragma once

#include "monet/api/service.h"
#include "tests/serve/small_shop.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cstddef>
#include <future>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace monet::api {

class ServiceTest : public ::testing::Test {
 protected:
  struct Sent {
    int status = 0;
    Json body;
    http::Response whole;
  };
  using Headers = std::vector<http::Request::Pair>;

  void open(ServiceOptions options = {}) { service_ = std::make_unique<Service>(*engine_, std::move(options)); }

  /// `target`: segments are split at slashes, a query after `?`.
  Sent send(const std::string& method, const std::string& target, const std::string& body = {}, Headers headers = {}) {
    if (!service_) open();
    http::Request request;
    request.method = method;
    request.path = target.substr(0, target.find('?'));
    for (std::size_t begin = 1; begin < request.path.size();) {
      const std::size_t end = std::min(request.path.find('/', begin), request.path.size());
      std::string segment = request.path.substr(begin, end - begin);
      if (const std::size_t tab = segment.find("%09"); tab != std::string::npos) segment.replace(tab, 3, "\t");
      request.segments.push_back(std::move(segment));
      begin = end + 1;
    }
    if (const std::size_t query = target.find('?'); query != std::string::npos) {
      std::istringstream parts(target.substr(query + 1));
      for (std::string part; std::getline(parts, part, '&');) {
        request.query.emplace_back(part.substr(0, part.find('=')), part.substr(part.find('=') + 1));
      }
    }
    request.headers = std::move(headers);
    const bool said = request.header("Content-Type") != nullptr;
    if (!body.empty() && !said) request.headers.emplace_back("Content-Type", "application/json");
    request.body = body;
    std::promise<http::Response> promise;
    service_->handle(std::move(request),
                     http::Reply([&](http::Response response) { promise.set_value(std::move(response)); }));
    Sent sent;
    sent.whole = promise.get_future().get();
    sent.status = sent.whole.status;
    sent.body = Json::parse(sent.whole.content(), nullptr, false);
    return sent;
  }
  static std::string header(const Sent& sent, const std::string& name) {
    for (const auto& [key, value] : sent.whole.headers) {
      if (key == name) return value;
    }
    return {};
  }
  static std::vector<std::string> items(const Json& answer) {
    std::vector<std::string> ids;
    for (const Json& item : answer.at("items")) ids.push_back(item.at("item"));
    return ids;
  }
  Keys keys(const std::string& lines) {
    test::write_bytes(folder_ / "keys", lines);
    return Keys::read(folder_ / "keys");
  }

  test::ScopedFolder folder_;
  test::SmallShop shop_;
  std::unique_ptr<serve::Engine> engine_ = shop_.open_engine();
  std::unique_ptr<Service> service_;
};

}  // namespace monet::api
