#include "monet/prepare/records/record_survey.h"

#include "monet/input/number_text.h"
#include "monet/prepare/records/nested_path.h"

#include <unordered_map>

namespace monet::prepare {

namespace {
class SurveySink : public input::RecordSink {
 public:
  explicit SurveySink(Survey& survey) : survey_(survey) {}

  void begin() override { found_.clear(); }
  bool wants(std::string_view key) override {
    root_ = key;
    // Of a key that comes twice the last counts, as for Python.
    std::erase_if(found_, [&](const Found& found) { return found.root == key; });
    path_.begin();
    return true;
  }
  void open(Bracket bracket, std::string_view inner_key) override { path_.open(bracket, inner_key); }
  void close() override { path_.close(); }
  void scalar(const input::Scalar& scalar) override {
    using Kind = input::Scalar::Kind;
    const std::string_view below = path_.of(scalar);
    if (scalar.kind == Kind::null || scalar.text.empty()) return;
    const bool number = scalar.kind == Kind::number;
    if (number && input::is_not_finite(scalar.text)) return;
    found_.push_back({root_, std::string(below), std::string(scalar.text.substr(0, 64)), number, path_.element() >= 0});
  }
  /// Counts the record, once it is known to be good.
  void take() {
    ++survey_.records;
    std::unordered_map<std::size_t, Index> values;
    for (const Found& found : found_) {
      const std::size_t place = survey_.place(found.root, found.below);
      KeySurvey& key = survey_.keys[place];
      key.in_list = key.in_list || found.in_list;
      Survey::add(key, found.text, found.number, values[place]++);
    }
  }

 private:
  struct Found {
    std::string root;
    std::string below;
    std::string text;
    bool number;
    bool in_list;
  };
  Survey& survey_;
  std::string root_;
  NestedPath path_;
  std::vector<Found> found_;
};
}  // namespace

Survey survey_records(input::RecordReader& records, input::RecordParser& parser) {
  Survey survey;
  SurveySink sink(survey);
  records.mark();
  while (survey.records < Survey::kMostRecords && records.bytes_since_mark() < Survey::kMostBytes && records.next()) {
    try {
      parser.parse(records.record(), sink);
      sink.take();
    } catch (const DataError&) {  // reading says what is wrong with it
    }
  }
  records.rewind();
  return survey;
}

}  // namespace monet::prepare
