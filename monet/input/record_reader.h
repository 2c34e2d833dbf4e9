#pragma once

#include "monet/input/bad_lines.h"
#include "monet/input/byte_stream.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace monet::input {

/// The records of a stream of JSON (or Python literals), one in memory at a time: objects one on each line, objects
/// that span lines, the objects of a list `[{…}, {…}]`, or of the only list of objects in an object
/// (`{"count": 2, "data": [{…}, {…}]}`). Which it is, the first of them tells. Between lines a bad one costs itself; in
/// a list, reading goes on where the next object begins. A record that is no UTF-8 is read as `guess_encoding` says.
class RecordReader {
 public:
  /// Whether a top-level key says that its object is a record itself and no wrapping around a list of them.
  using IsRecordKey = std::function<bool(std::string_view)>;

  /// `file` stands for the stream in messages.
  RecordReader(ByteStream& stream, std::string file);

  /// To be called before the first `next`, which otherwise takes every object for a record. Throws as `next`.
  void look_inside(const IsRecordKey& is_record_key);
  /// Goes to the next record that is not blank; false at the end. Throws Unreadable: a record beyond
  /// LineReader::kLongestLine, a list that is cut off, UTF-16, and what the stream throws.
  bool next();
  /// The same, but a line beyond the limit is one of `bad_lines`, which also hear how the text was encoded.
  bool next(BadLines& bad_lines);
  /// The text of the record, with LineReader::kPadding readable bytes behind; valid until `next`. It may be none.
  std::string_view record() const { return record_; }
  /// The line on which it begins, from 1.
  Index number() const { return number_; }
  const std::string& file() const { return file_; }

  /// Keeps what is read from here on, until `rewind` goes back here.
  void mark();
  void rewind();
  std::size_t bytes_since_mark() const { return place_.at - marked_.at; }

 private:
  enum class Level { top, list, wrapping };
  struct Place {
    std::size_t at = 0;  // of what is not handed out
    Index line = 1;      // of `at`
    Index list_line = 0;
    Level level = Level::top;
    bool wrapped = false;   // the list lies in an object
    bool had_list = false;  // of the object around it
    bool resync = false;    // the last record was broken: go on where the next may begin
  };
  struct Scan {
    enum class End { whole, broken, cut, too_long };
    End end = End::whole;
    std::size_t length = 0;
    Index lines = 0;
  };

  bool fill();
  int peek(std::size_t ahead = 0);
  void begin();
  void decide(const IsRecordKey* is_record_key);
  bool step(BadLines* bad_lines);
  bool next_line(BadLines* bad_lines);
  void skip_line();
  void to_utf8();
  bool next_spanning();
  bool take_object();
  void take_junk();
  void pass_broken();
  void enter_list();
  void pass_member();
  void skip(std::size_t bytes);
  void skip_blank();
  Scan scan();
  void hand_out(std::size_t bytes, Index lines);
  [[noreturn]] void fail_at(Index line, std::string_view what) const;

  ByteStream& stream_;
  std::string file_;
  std::vector<char> buffer_;
  std::size_t end_ = 0;  // of what was read
  Place place_;
  Place marked_;
  bool is_marked_ = false;
  bool begun_ = false;
  bool decided_ = false;
  bool lines_ = true;      // one record on each line
  bool wrapping_ = false;  // top-level objects are wrapping
  std::string brackets_;   // open ones, of `scan`
  std::string_view record_;
  std::string converted_;
  Index number_ = 0;
  Index converted_line_ = 0;  // the first that was no UTF-8; 0: none
};

}  // namespace monet::input
