#pragma once

#include <chrono>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace monet::api {

/// What a key allows; each includes those before it.
enum class Role { none, read, write, admin };
std::string_view to_string(Role role);

/// Who may ask. A file has a line `ROLE SHA256 [PER_MINUTE] [# whose]` for each key: the SHA-256 of the key's text in
/// hexadecimal, so that the file gives no key away, and how many requests it may make in a minute. Blank lines and
/// those that begin with # are passed over.
class Keys {
 public:
  struct Key {
    Role role = Role::none;
    std::string sha256;       // 64 lower-case digits
    double per_minute = 0.0;  // 0: any number
  };

  /// No keys: everybody is an admin.
  Keys() = default;
  /// Throws DataError, with the line, for a file that is not as above or has no key; IoError.
  static Keys read(const std::filesystem::path& file);

  bool everybody() const { return keys_.empty(); }
  /// The number of the key; none for one that is unknown. Takes equally long for any key.
  std::optional<std::size_t> find(std::string_view key) const;
  const Key& operator[](std::size_t number) const { return keys_[number]; }
  std::size_t size() const { return keys_.size(); }

 private:
  std::vector<Key> keys_;
};

/// SHA-256 of a text, 64 lower-case hexadecimal digits.
std::string sha256(std::string_view text);

/// Lets each key through as often as it may: a bucket that holds a minute's requests and fills evenly. Any thread.
class RateLimit {
 public:
  using Clock = std::chrono::steady_clock;
  explicit RateLimit(const Keys& keys);
  /// Nothing: go on. Otherwise seconds until it is worth asking again, at least 1.
  std::optional<int> take(std::size_t key, Clock::time_point now = Clock::now());

 private:
  struct Bucket {
    double tokens = 0.0;
    Clock::time_point filled;
    double per_minute = 0.0;
  };
  std::mutex mutex_;
  std::vector<Bucket> buckets_;
};

}  // namespace monet::api
