#include "monet/api/keys.h"

#include "monet/core/error.h"
#include "monet/core/files/mapped_file.h"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <sstream>

namespace monet::api {

namespace {

constexpr std::size_t kDigits = 64;

Role role_of(const std::string& word, const std::string& where) {
  for (const Role role : {Role::read, Role::write, Role::admin}) {
    if (word == to_string(role)) return role;
  }
  fail<DataError>("{}: '{}' is no role; a line is `read|write|admin SHA256 [requests per minute]`", where, word);
}

bool is_digest(const std::string& text) {
  return text.size() == kDigits && std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return std::isdigit(c) != 0 || (c >= 'a' && c <= 'f');
         });
}

}  // namespace

std::string_view to_string(Role role) {
  switch (role) {
    case Role::none: return "none";
    case Role::read: return "read";
    case Role::write: return "write";
    case Role::admin: return "admin";
  }
  return "none";
}

std::string sha256(std::string_view text) {
  std::array<unsigned char, kDigits / 2> digest{};
  unsigned int size = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1 || size != digest.size()) {
    fail<InternalError>("[keys] SHA-256 cannot be computed");
  }
  std::string hex;
  for (const unsigned char byte : digest) hex += fmt::format("{:02x}", byte);
  return hex;
}

Keys Keys::read(const std::filesystem::path& file) {
  const files::MappedFile mapped(file);
  std::istringstream lines{std::string(mapped.text())};
  Keys keys;
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    const std::string where = fmt::format("{}:{}", file.string(), number);
    line.resize(std::min(line.find('#'), line.size()));
    std::istringstream words(line);
    std::string role;
    if (!(words >> role)) continue;
    Key key;
    key.role = role_of(role, where);
    words >> key.sha256;
    if (!is_digest(key.sha256)) {
      fail<DataError>("{}: no SHA-256 of a key: 64 digits of 0-9a-f belong there (printf %s KEY | sha256sum)", where);
    }
    std::string rate;
    if (words >> rate) {
      const auto [end, error] = std::from_chars(rate.data(), rate.data() + rate.size(), key.per_minute);
      const bool whole = error == std::errc() && end == rate.data() + rate.size();
      if (!whole || !(key.per_minute > 0.0) || !std::isfinite(key.per_minute)) {
        fail<DataError>("{}: '{}' is no number of requests per minute", where, rate);
      }
    }
    if (words >> rate) fail<DataError>("{}: '{}' is too much on this line", where, rate);
    keys.keys_.push_back(std::move(key));
  }
  if (keys.keys_.empty()) fail<DataError>("{}: there is no key in it; nobody could ask anything", file.string());
  return keys;
}

std::optional<std::size_t> Keys::find(std::string_view key) const {
  const std::string digest = sha256(key);
  std::optional<std::size_t> found;
  for (std::size_t k = 0; k < keys_.size(); ++k) {
    if (CRYPTO_memcmp(digest.data(), keys_[k].sha256.data(), kDigits) == 0) found = k;
  }
  return found;
}

RateLimit::RateLimit(const Keys& keys) {
  for (std::size_t k = 0; k < keys.size(); ++k) {
    buckets_.push_back({std::max(1.0, keys[k].per_minute), Clock::now(), keys[k].per_minute});
  }
}

std::optional<int> RateLimit::take(std::size_t key, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  Bucket& bucket = buckets_.at(key);
  if (bucket.per_minute == 0.0) return std::nullopt;
  const double minutes = std::chrono::duration<double>(now - bucket.filled).count() / 60.0;
  bucket.tokens =
      std::min(std::max(1.0, bucket.per_minute), bucket.tokens + std::max(0.0, minutes) * bucket.per_minute);
  bucket.filled = now;
  if (bucket.tokens < 1.0) {
    return std::max(1, static_cast<int>(std::ceil((1.0 - bucket.tokens) / bucket.per_minute * 60.0)));
  }
  bucket.tokens -= 1.0;
  return std::nullopt;
}

}  // namespace monet::api
