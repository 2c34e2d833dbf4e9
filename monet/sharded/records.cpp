#include "monet/sharded/records.h"

#include "monet/dist/collectives.h"

#include <cstring>

namespace monet::sharded {

namespace {

struct RecordHead {
  Index line;
  std::int32_t row;
  std::uint32_t length;
};

}  // namespace

void Records::add(int process, const Record& record) {
  const RecordHead head{record.line, record.row, static_cast<std::uint32_t>(record.text.size())};
  std::vector<char>& out = out_[static_cast<std::size_t>(process)];
  const auto* bytes = reinterpret_cast<const char*>(&head);
  out.insert(out.end(), bytes, bytes + sizeof head);
  out.insert(out.end(), record.text.begin(), record.text.end());
  bytes_ += sizeof head + record.text.size();
}

void Records::deliver(dist::Communicator& world, const std::function<void(int process, const Record& record)>& take) {
  const std::vector<std::vector<char>> in = dist::all_to_all(world, out_);
  for (std::vector<char>& out : out_) out.clear();
  bytes_ = 0;
  for (std::size_t process = 0; process < in.size(); ++process) {
    for (std::string_view rest(in[process].data(), in[process].size()); !rest.empty();) {
      RecordHead head;
      std::memcpy(&head, rest.data(), sizeof head);
      take(static_cast<int>(process), {head.line, head.row, rest.substr(sizeof head, head.length)});
      rest.remove_prefix(sizeof head + head.length);
    }
  }
}

}  // namespace monet::sharded
