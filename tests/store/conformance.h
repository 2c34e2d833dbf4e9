#pragma once

#include "tests/store/support.h"

#include <memory>
#include <ostream>
#include <string>

namespace monet::store::test {

/// A database to run the suite on: makes the address of an empty one.
struct Backend {
  std::string name;
  std::string (*new_address)();
};

/// For the names of tests, which would show bytes, and others each time.
inline void PrintTo(const Backend& backend, std::ostream* out) {
  *out << backend.name;
}

/// What every store must do, whatever the database.
class Conformance : public ::testing::TestWithParam<Backend> {
 protected:
  void SetUp() override {
    address_ = GetParam().new_address();
    if (address_.empty()) GTEST_SKIP() << "no server is installed here (apt-get install postgresql)";
    store_ = open_store(address_);
  }
  void reopen() {
    store_.reset();
    store_ = open_store(address_);
  }

  std::string address_;
  std::unique_ptr<Store> store_;
};

using StoreEvents = Conformance;
using StoreItems = Conformance;
using StoreUsers = Conformance;
using StoreThreads = Conformance;

inline std::string name_of(const ::testing::TestParamInfo<Backend>& info) {
  return info.param.name;
}

}  // namespace monet::store::test
