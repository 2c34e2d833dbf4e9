#pragma once

#include "monet/core/buffer.h"
#include "monet/data/name_table.h"
#include "monet/duckdb/rows.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace monet::prepare {

/// Integers and their indices, 16 bytes each at half load.
class NumberTable {
 public:
  NumberTable() { allocate(1024); }
  /// The index of `number`; -1 when it is new, and then it is to be set at once.
  std::int32_t& index_of(std::int64_t number);
  void prefetch(std::int64_t number) const { __builtin_prefetch(&slots_[place_of(number)]); }

 private:
  struct Slot {
    std::int64_t number = 0;
    std::int32_t index = -1;
  };
  std::size_t place_of(std::int64_t number) const {
    return static_cast<std::size_t>((static_cast<std::uint64_t>(number) * 0x9e3779b97f4a7c15U) >> 32U) &
           (slots_.size() - 1);
  }
  void allocate(std::size_t slots);
  void grow();

  Buffer memory_;  // huge pages, where the system has them
  std::span<Slot> slots_;
  std::size_t used_ = 0;
};

/// Reads the ids in a column. A number that is known costs one look-up; it becomes a text once.
class IdColumn {
 public:
  /// `what` is "user" or "item".
  IdColumn(data::NameTable& names, const char* what) : names_(names), what_(what) {}

  /// From now on the column has this type: an integer of at most 64 bits, a float or a text.
  void set_type(const duckdb::Type& type) { type_ = type.id; }

  /// An id that is good, and not yet in the table. Its text is valid until the next one is read.
  struct Id {
    bool is_number = false;
    std::int64_t number = 0;
    std::string_view text;
  };
  /// Throws DataError, without a place, when there is none, or one that is no id (a control character, a float that
  /// cannot hold all digits).
  Id read(const duckdb::Values& values, std::size_t at);
  /// Its index in the names, new or known.
  std::int32_t index_of(const Id& id);
  /// Fetches what `index_of` will want.
  void prefetch(const duckdb::Values& values, std::size_t at) const;

  /// How many were whole numbers in a column of floats.
  std::int64_t whole_floats() const { return whole_floats_; }

 private:
  std::int64_t whole(const duckdb::Values& values, std::size_t at) const;
  Id of_float(double value, double largest);

  data::NameTable& names_;
  const char* what_;
  duckdb::c::TypeId type_ = duckdb::c::TypeId::text;
  NumberTable numbers_;
  std::string written_;
  std::int64_t whole_floats_ = 0;
};

}  // namespace monet::prepare
