#include "monet/store/detail/postgres.h"

namespace monet::store::detail {

Connect postgres_database(const std::string&, const std::string& name, Access) {
  fail<InvalidArgument>("{}: this build has no PostgreSQL; install libpqxx-dev and build again, or give a file", name);
}

}  // namespace monet::store::detail
