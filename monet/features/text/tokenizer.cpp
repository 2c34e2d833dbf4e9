#include "monet/features/text/tokenizer.h"

#include "monet/core/error.h"

#include <unicode/brkiter.h>
#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/ubrk.h>
#include <unicode/utext.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <cstdint>

namespace monet::features {

namespace {
/// i followed by a dot above: what Turkish İ folds to.
constexpr std::string_view kDottedI = "i\xcc\x87";

void require(UErrorCode status, const char* what) {
  if (U_FAILURE(status)) fail<InternalError>("[tokenizer] ICU: {}: {}", what, u_errorName(status));
}

/// At most `length` bytes, not cutting a character in two.
std::string_view cut(std::string_view text, std::size_t length) {
  if (text.size() <= length) return text;
  while (length > 0 && (static_cast<unsigned char>(text[length]) & 0xc0U) == 0x80U) --length;
  return text.substr(0, length);
}

bool has_pictograph(std::string_view text) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  const auto size = static_cast<std::int32_t>(text.size());
  for (std::int32_t at = 0; at < size;) {
    UChar32 character = 0;
    U8_NEXT(bytes, at, size, character);
    // Digits, # and * have the property too, but they are words or punctuation by themselves.
    if (character > 0xff && u_hasBinaryProperty(character, UCHAR_EXTENDED_PICTOGRAPHIC) != 0) return true;
  }
  return false;
}

std::string folded(const icu::Normalizer2& normalizer, std::string_view text) {
  std::string out;
  icu::StringByteSink<std::string> sink(&out);
  UErrorCode status = U_ZERO_ERROR;
  normalizer.normalizeUTF8(0, icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())), sink, nullptr,
                           status);
  require(status, "normalisation");
  for (std::size_t at = out.find(kDottedI); at != std::string::npos; at = out.find(kDottedI, at + 1)) {
    out.erase(at + 1, kDottedI.size() - 1);
  }
  return out;
}
}  // namespace

struct Tokenizer::Icu {
  const icu::Normalizer2* normalizer = nullptr;
  std::unique_ptr<icu::BreakIterator> words;
  UText text = UTEXT_INITIALIZER;
  ~Icu() { utext_close(&text); }
};

Tokenizer::Tokenizer() : icu_(std::make_unique<Icu>()) {
  UErrorCode status = U_ZERO_ERROR;
  icu_->normalizer = icu::Normalizer2::getNFKCCasefoldInstance(status);
  require(status, "case folding");
  icu_->words.reset(icu::BreakIterator::createWordInstance(icu::Locale::getRoot(), status));
  require(status, "word boundaries");
}
Tokenizer::Tokenizer(Tokenizer&&) noexcept = default;
Tokenizer& Tokenizer::operator=(Tokenizer&&) noexcept = default;
Tokenizer::~Tokenizer() = default;

std::span<const std::string_view> Tokenizer::words(std::string_view text) {
  folded_ = folded(*icu_->normalizer, cut(text, kLongestText));
  words_.clear();
  UErrorCode status = U_ZERO_ERROR;
  utext_openUTF8(&icu_->text, folded_.data(), static_cast<std::int64_t>(folded_.size()), &status);
  require(status, "text");
  icu::BreakIterator& boundaries = *icu_->words;
  boundaries.setText(&icu_->text, status);
  require(status, "text");
  std::int32_t begin = boundaries.first();
  for (std::int32_t end = boundaries.next(); end != icu::BreakIterator::DONE; begin = end, end = boundaries.next()) {
    const std::string_view word(folded_.data() + begin, static_cast<std::size_t>(end - begin));
    if (word.size() > kLongestWord) continue;
    if (boundaries.getRuleStatus() >= UBRK_WORD_NONE_LIMIT || has_pictograph(word)) words_.push_back(word);
  }
  return words_;
}

std::string Tokenizer::label(std::string_view text) const {
  const std::string all = folded(*icu_->normalizer, cut(text, kLongestText));
  std::string out;
  bool space = false;
  for (const char c : all) {
    if (c == ' ' || (c >= '\t' && c <= '\r')) {
      space = !out.empty();
      continue;
    }
    if (space) out += ' ';
    space = false;
    out += c;
  }
  return out;
}

}  // namespace monet::features
