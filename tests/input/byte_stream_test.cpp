// Bytes of files, compressed or not, and every way in which compression can be damaged.
#include "monet/input/byte_stream.h"

#include "tests/core/files/temporary_folder.h"
#include "tests/input/compressed.h"

#include <gmock/gmock.h>

namespace monet::test {
namespace {

using namespace input;
using ::testing::AllOf;
using ::testing::HasSubstr;

class Streams : public TemporaryFolder {
 protected:
  std::string content(const std::string& bytes) {
    write_text(folder_ / "file", bytes);
    FileStream stream(folder_ / "file", {observer_, stop_});
    std::string text;
    std::vector<char> piece(1000);
    while (const std::size_t count = stream.read(piece)) text.append(piece.data(), count);
    EXPECT_EQ(stream.file_bytes(), static_cast<Index>(bytes.size()));
    EXPECT_EQ(stream.hash(), files::hash_file(folder_ / "file"));
    return text;
  }
  Observer observer_;
  std::atomic<bool> stop_{false};
};

std::string long_text() {
  std::string text;
  for (int line = 0; line < 200'000; ++line) text += "line " + std::to_string(line * 7919 % 100'003) + "\n";
  return text;
}

TEST_F(Streams, PlainAndCompressedFilesReadTheSame) {
  const std::string text = long_text();
  EXPECT_EQ(content(""), "");
  EXPECT_EQ(content("x"), "x");
  EXPECT_TRUE(content(text) == text);
  EXPECT_TRUE(content(gzipped(text)) == text);
  EXPECT_TRUE(content(gzipped(text) + gzipped("more\n") + gzipped("")) == text + "more\n");
  EXPECT_TRUE(content(gzipped(text) + std::string(512, '\0')) == text);
  EXPECT_TRUE(content(zstandard(text)) == text);
  EXPECT_TRUE(content(zstandard(text) + zstandard("more\n")) == text + "more\n");
}

TEST_F(Streams, CutOrDamagedCompressionIsSaid) {
  const std::string text = long_text();
  for (const std::string& whole : {gzipped(text), zstandard(text)}) {
    for (const std::size_t cut : {std::size_t{9}, whole.size() / 2, whole.size() - 1}) {
      EXPECT_THAT(message_of<Unreadable>([&] { content(whole.substr(0, cut)); }),
                  AllOf(HasSubstr("file"), HasSubstr("cut off"), HasSubstr("fetch the file again")))
          << cut;
    }
  }
  std::string damaged = gzipped(text);
  damaged[damaged.size() / 2] ^= 0x55;
  damaged[damaged.size() / 2 + 1] ^= 0x55;
  EXPECT_THAT(message_of<Unreadable>([&] { content(damaged); }), HasSubstr("damaged"));
}

TEST_F(Streams, StopsWhenAsked) {
  stop_ = true;
  EXPECT_THROW(content("x"), Interrupted);
}

}  // namespace
}  // namespace monet::test
