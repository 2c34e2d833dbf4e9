#pragma once

#include "monet/input/record.h"

#include <string>
#include <string_view>
#include <vector>

namespace monet::prepare {

/// Follows where in the value of a top-level key a scalar lies: by the keys of the objects around it, joined by dots.
/// Keys that begin with '$' only say the type (`{"$oid": …}`, `{"$date": {"$numberLong": …}}`) and do not count.
class NestedPath {
 public:
  void begin() {
    path_.clear();
    levels_.clear();
    list_ = -1;
    element_ = -1;
  }
  void open(input::RecordSink::Bracket bracket, std::string_view inner_key) {
    const bool is_list = bracket == input::RecordSink::Bracket::list;
    const bool is_outermost = is_list && list_depth() < 0;
    step();
    levels_.push_back({path_.size(), is_list});
    if (levels_.size() > 1 && !levels_[levels_.size() - 2].list) append(inner_key);
    if (!is_outermost) return;
    ++list_;
    element_ = -1;
    list_path_ = path_;
  }
  void close() {
    path_.resize(levels_.back().path_length);
    levels_.pop_back();
  }
  /// The path of a scalar that comes now.
  std::string_view of(const input::Scalar& scalar) {
    if (levels_.empty()) return {};
    step();
    if (levels_.back().list) return path_;
    scalar_path_ = path_;
    std::swap(path_, scalar_path_);
    append(scalar.inner_key);
    std::swap(path_, scalar_path_);
    return scalar_path_;
  }
  /// The list that is outermost here: the how manieth of the value, and which element of it; -1: there is none.
  int list() const { return list_depth() >= 0 ? list_ : -1; }
  int element() const { return list_depth() >= 0 ? element_ : -1; }
  /// Whether what comes now is an element of a list, without an object between.
  bool in_list() const { return !levels_.empty() && levels_.back().list; }
  /// The path of the list or object that was opened last.
  const std::string& place() const { return path_; }
  /// Whether that list lies on the way to `below`.
  bool leads_to(std::string_view below) const {
    return list_depth() >= 0 && below.starts_with(list_path_) &&
           (list_path_.empty() || below.size() == list_path_.size() || below[list_path_.size()] == '.');
  }

 private:
  struct Level {
    std::size_t path_length;  // before it
    bool list;
  };
  int list_depth() const {
    for (std::size_t level = 0; level < levels_.size(); ++level) {
      if (levels_[level].list) return static_cast<int>(level);
    }
    return -1;
  }
  /// A value begins: is it an element of the outermost list?
  void step() {
    if (!levels_.empty() && list_depth() == static_cast<int>(levels_.size()) - 1) ++element_;
  }
  void append(std::string_view key) {
    if (key.starts_with('$')) return;
    if (!path_.empty()) path_ += '.';
    path_ += key;
  }

  std::string path_;
  std::string scalar_path_;
  std::string list_path_;
  std::vector<Level> levels_;
  int list_ = -1;
  int element_ = -1;
};

}  // namespace monet::prepare
