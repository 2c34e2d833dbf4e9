#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace monet::features {

/// Cuts UTF-8 text into words with ICU: NFKC and case folding first (independent of the locale, so a text means the
/// same on every machine), then Unicode's word boundaries (UAX #29), which need a dictionary for Chinese, Japanese,
/// Thai, … and have one. Words, numbers, ideographs and pictographs (emoji) are kept; punctuation and spaces are not.
/// Turkish İ folds to a plain i. Bytes that are not UTF-8 separate words. Not to be shared between threads.
class Tokenizer {
 public:
  /// Longer words (URLs, encoded data) are left out.
  static constexpr std::size_t kLongestWord = 64;
  /// A text is cut off here, in bytes.
  static constexpr std::size_t kLongestText = 1 << 20;

  /// Throws InternalError when ICU has no data.
  Tokenizer();
  Tokenizer(Tokenizer&&) noexcept;
  Tokenizer& operator=(Tokenizer&&) noexcept;
  ~Tokenizer();

  /// The words of `text` in their order, valid until the next call.
  std::span<const std::string_view> words(std::string_view text);

  /// `text` as one folded label: NFKC and case folding, white space at the ends dropped and runs of it made one space.
  std::string label(std::string_view text) const;

 private:
  struct Icu;
  std::unique_ptr<Icu> icu_;
  std::string folded_;
  std::vector<std::string_view> words_;
};

}  // namespace monet::features
