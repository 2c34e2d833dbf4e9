// Folders that several processes share: who is alive, who has taken what, what becomes of what a dead one left.
#include "monet/experiments/sharing/share.h"

#include "monet/core/error.h"
#include "monet/experiments/sharing/exclusive_file.h"
#include "monet/experiments/sharing/work_folder.h"
#include "tests/core/files/temporary_folder.h"

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <memory>
#include <thread>

namespace monet::experiments::sharing {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr int kMany = 8;

class Sharing : public test::TemporaryFolder {
 protected:
  fs::path shared() const { return folder_ / kFolder; }
  std::unique_ptr<Share> join(double timeout = 60.0, const std::string& seeds = "0") {
    return std::make_unique<Share>(folder_, own_terms(timeout, {{"seeds", seeds}}), never_);
  }
  /// A member that was killed: its sign of life stays as it is.
  std::string killed_member(double timeout, bool settled = true) {
    const std::string name = unique_name();
    const std::string line = fmt::format("{} {:020}\n", settled ? 'm' : 'j', 7);
    test::write_text(shared() / "members" / name, line + to_text(own_terms(timeout, {{"seeds", "0"}})));
    return name;
  }
  void claim_as(const std::string& member, const Claim& claim, const std::string& error = "") const {
    test::write_text(shared() / "claims" / claim.name(),
                     fmt::format(R"({{"member": "{}", "error": "{}", "peak_bytes": 5}})", member, error));
  }
  /// Looks until it is decided.
  static std::optional<Claim> take_in_time(Claims& claims, const std::string& work, double seconds) {
    for (double waited = 0.0; waited < seconds; waited += 0.01) {
      if (auto claim = claims.take(work)) return claim;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return std::nullopt;
  }

  std::atomic<bool> never_ = false;
};

TEST_F(Sharing, OfManyThatCreateAFileOneSucceedsAndItIsWhole) {
  for (int round = 0; round < 30; ++round) {
    const fs::path file = folder_ / fmt::format("claims/{}", round);
    std::atomic<int> made = 0;
    std::vector<std::thread> threads;
    for (int n = 0; n < kMany; ++n) {
      threads.emplace_back([&, n] { made += create_exclusively(file, std::string(1000, static_cast<char>('a' + n))); });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(made, 1);
    const std::string text = text_of(file);
    EXPECT_EQ(text, std::string(1000, text.front()));
  }
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_ / "claims"), {}), 30) << "drafts go again";
}

TEST_F(Sharing, EightProcessesTakeEveryPieceOfWorkOnce) {
  constexpr int kPieces = 60;
  fs::create_directories(folder_ / "done");
  const auto pieces_done = [&] { return std::distance(fs::directory_iterator(folder_ / "done"), {}); };
  std::vector<pid_t> children;
  for (int n = 0; n < kMany; ++n) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      {
        const auto share = join();
        for (int piece = 0; piece < kPieces; ++piece) {
          if (!share->claims().take(fmt::format("runs/{}", piece))) continue;
          const fs::path file = folder_ / "done" / std::to_string(piece);
          if (fs::exists(file)) continue;  // by one that has left
          const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
          if (::write(descriptor, "x", 1) != 1) ::_exit(1);
        }
        while (pieces_done() < kPieces) std::this_thread::sleep_for(std::chrono::milliseconds(1));
      }
      ::_exit(0);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(pieces_done(), kPieces);
  for (const auto& entry : fs::directory_iterator(folder_ / "done")) EXPECT_EQ(entry.file_size(), 1U) << entry;
}

TEST_F(Sharing, OnlyTimeInWhichTheWatcherLookedMakesOneDead) {
  double now = 1000.0;
  Watch watch([&] { return now; });
  const fs::path sign = shared() / "members" / killed_member(60.0);
  EXPECT_EQ(watch.look(sign), Life::quiet);
  // The other machine's clock, and so the file's time, is wrong by years.
  fs::last_write_time(sign, fs::file_time_type::clock::now() - std::chrono::hours(100'000));
  now += 59.0;
  EXPECT_EQ(watch.look(sign), Life::quiet) << "the watcher itself stood still: a quarter of the time at most counts";
  for (int n = 0; n < 44; ++n) {
    now += 1.0;
    EXPECT_EQ(watch.look(sign), Life::quiet);
  }
  fs::last_write_time(sign, fs::file_time_type::clock::now() + std::chrono::hours(100'000));
  now += 1.0;
  EXPECT_EQ(watch.look(sign), Life::dead);
  EXPECT_EQ(watch.dead(), std::vector<fs::path>{sign});
  std::string text = text_of(sign);
  text[5] = '8';
  test::write_text(sign, text);
  EXPECT_EQ(watch.look(sign), Life::beating);
  EXPECT_TRUE(watch.dead().empty());
  fs::remove(sign);
  EXPECT_EQ(watch.look(sign), Life::gone);
}

TEST_F(Sharing, OneOfManyTakesOverFromTheDead) {
  const std::string dead = killed_member(0.3);
  claim_as(dead, {"runs/a", 1});
  std::vector<std::unique_ptr<Share>> shares;
  for (int n = 0; n < kMany; ++n) shares.push_back(join());
  for (auto& share : shares) EXPECT_EQ(share->claims().take("runs/a"), std::nullopt) << "it may be alive yet";
  std::atomic<int> taken = 0;
  std::vector<std::thread> threads;
  for (auto& share : shares) {
    threads.emplace_back([&] { taken += take_in_time(share->claims(), "runs/a", 1.0).has_value(); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(taken, 1);
  EXPECT_TRUE(fs::exists(shared() / "claims/runs%a.2"));
  EXPECT_FALSE(fs::exists(shared() / "claims/runs%a.3"));
}

TEST_F(Sharing, WhatALivingOneHasIsNotTakenOver) {
  const auto one = join(0.5);
  const auto other = join(0.5);
  const auto claim = one->claims().take("runs/a");
  ASSERT_TRUE(claim);
  EXPECT_EQ(take_in_time(other->claims(), "runs/a", 1.5), std::nullopt);
  EXPECT_TRUE(one->claims().holds(*claim));
}

TEST_F(Sharing, WhatOneHadThatLeftIsFreeAtOnce) {
  auto one = join();
  const auto other = join();
  ASSERT_TRUE(one->claims().take("runs/a"));
  EXPECT_EQ(other->claims().take("runs/a"), std::nullopt);
  one.reset();
  const auto claim = other->claims().take("runs/a");
  ASSERT_TRUE(claim);
  EXPECT_EQ(claim->generation, 2);
}

TEST_F(Sharing, AnOwnerThatStoodStillFindsOutAndCannotPublish) {
  const auto owner = join();
  const auto claim = owner->claims().take("runs/a");
  ASSERT_TRUE(claim);
  const fs::path place = folder_ / "runs/a";
  ASSERT_TRUE(take_up(shared(), *claim, place));
  test::write_text(work_folder(shared(), *claim) / "model.partial/checkpoint.safetensors", "half");
  test::write_text(work_folder(shared(), *claim) / "model.partial/lock", "");
  test::write_text(work_folder(shared(), *claim) / ".val.json.tmp", "");
  EXPECT_TRUE(owner->claims().holds(*claim));

  // As the others do, once they take it for dead.
  const auto other = join();
  claim_as(other->self().name(), {"runs/a", 2});
  const Claim next{"runs/a", 2};
  ASSERT_TRUE(take_up(shared(), next, place));
  EXPECT_FALSE(owner->claims().holds(*claim));
  EXPECT_TRUE(other->claims().holds(next));
  const fs::path work = work_folder(shared(), next);
  EXPECT_EQ(text_of(work / "model.partial/checkpoint.safetensors"), "half");
  EXPECT_FALSE(fs::exists(work / "model.partial/lock")) << "whoever has it open holds a lock on it";
  EXPECT_FALSE(fs::exists(work / ".val.json.tmp"));
  EXPECT_FALSE(publish(work_folder(shared(), *claim), place));
  EXPECT_FALSE(fs::exists(place));

  test::write_text(work / "run.json", "the new one's");
  EXPECT_TRUE(publish(work, place));
  test::write_text(work_folder(shared(), *claim) / "run.json", "the old one's");
  EXPECT_FALSE(publish(work_folder(shared(), *claim), place));
  EXPECT_EQ(text_of(place / "run.json"), "the new one's");
  EXPECT_FALSE(take_up(shared(), {"runs/a", 3}, place)) << "it is done";
  EXPECT_EQ(text_of(place / "run.json"), "the new one's");
}

TEST_F(Sharing, WhatOneProcessAloneBeganIsGoneOnWithAndBack) {
  test::write_text(folder_ / "runs/a/model.partial/checkpoint.safetensors", "half");
  {
    const auto share = join();
    const auto claim = share->claims().take("runs/a");
    ASSERT_TRUE(claim);
    ASSERT_TRUE(take_up(shared(), *claim, folder_ / "runs/a"));
    EXPECT_FALSE(fs::exists(folder_ / "runs/a"));
  }
  require_nobody(shared(), never_);
  end_sharing(folder_, shared());
  EXPECT_EQ(text_of(folder_ / "runs/a/model.partial/checkpoint.safetensors"), "half");
  EXPECT_FALSE(fs::exists(shared()));
}

TEST_F(Sharing, OtherTermsAreRefusedWhileOneLives) {
  auto one = join(0.5, "0,1");
  try {
    join(0.5, "0");
    ADD_FAILURE() << "two tables in one folder";
  } catch (const InvalidArgument& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr(folder_.string() + ": process "), HasSubstr("with seeds '0,1', not '0'"),
                                    HasSubstr("give the same options")));
  }
  EXPECT_THROW(require_nobody(shared(), never_), IoError);
  EXPECT_NO_THROW(join(0.5, "0,1"));
  one.reset();
  EXPECT_NO_THROW(join(0.5, "0"));
  EXPECT_NO_THROW(require_nobody(shared(), never_));
  killed_member(0.3);
  EXPECT_NO_THROW(join(0.3, "0,1")) << "the dead agree to nothing";
  EXPECT_FALSE(fs::exists(shared())) << "the last one tidies up";
  killed_member(0.3, false);
  EXPECT_NO_THROW(require_nobody(shared(), never_));
}

TEST_F(Sharing, OfThoseThatComeTogetherOnOtherTermsAllThatStayAgree) {
  for (int round = 0; round < 10; ++round) {
    std::atomic<int> joined[2] = {0, 0};
    std::atomic<int> tried = 0;
    std::vector<std::thread> threads;
    for (int n = 0; n < kMany; ++n) {
      threads.emplace_back([&, n] {
        std::unique_ptr<Share> share;
        try {
          share = join(1.0, std::to_string(n % 2));
          ++joined[n % 2];
        } catch (const InvalidArgument&) {
        }
        ++tried;
        while (tried < kMany) std::this_thread::sleep_for(std::chrono::milliseconds(1));
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_TRUE((joined[0] == 0) != (joined[1] == 0)) << joined[0] << " and " << joined[1];
  }
}

TEST_F(Sharing, AFailureCountsForThoseThatWereThere) {
  auto one = join();
  const auto other = join();
  const auto claim = one->claims().take("runs/a");
  ASSERT_TRUE(claim);
  one->claims().note_failure(*claim, "out of luck", 17);
  one.reset();
  const Standing standing = other->claims().look("runs/a");
  EXPECT_EQ(standing.state, Standing::State::failed);
  EXPECT_EQ(standing.error, "out of luck");
  EXPECT_EQ(standing.peak_bytes, 17U);
  const auto late = join();
  EXPECT_TRUE(late->claims().take("runs/a")) << "the next call tries again";
}

TEST_F(Sharing, OneWhoseSignWasTakenAwayStops) {
  const auto one = join(0.5);
  one->self().require_membership();
  fs::remove(shared() / "members" / one->self().name());
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  EXPECT_THROW(one->self().require_membership(), IoError);
}

TEST_F(Sharing, DocumentsOfManyArriveWhole) {
  std::vector<std::thread> threads;
  std::vector<std::unique_ptr<Share>> shares;
  for (int n = 0; n < kMany; ++n) shares.push_back(join());
  for (int n = 0; n < kMany; ++n) {
    threads.emplace_back([&, n] {
      for (int round = 0; round < 20; ++round) {
        shares[static_cast<std::size_t>(n)]->write("a.json", [&](const fs::path& to) {
          for (const char* name : {"a.json", "a.md", "csv/table.csv"}) {
            test::write_text(to / name, std::string(5000, static_cast<char>('a' + n)));
          }
        });
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const char* name : {"a.json", "a.md", "csv/table.csv"}) {
    const std::string text = text_of(folder_ / name);
    ASSERT_EQ(text.size(), 5000U) << name;
    EXPECT_EQ(text, std::string(5000, text.front())) << name;
  }
  shares.clear();
  EXPECT_FALSE(fs::exists(shared()));
}

TEST_F(Sharing, OnceIsOnce) {
  std::atomic<int> acts = 0;
  std::vector<std::thread> threads;
  for (int n = 0; n < kMany; ++n) {
    threads.emplace_back([&] {
      const auto share = join();
      share->once(
          "test", [&] { return fs::exists(folder_ / "test.json"); },
          [&] {
            ++acts;
            test::write_text(folder_ / "test.json", "{}");
          },
          never_);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(acts, 1);
  const auto share = join();
  EXPECT_THROW(share->once(
                   "other", [] { return false; }, [] { fail<DataError>("no"); }, never_),
               DataError);
  std::atomic<bool> stop = true;
  EXPECT_THROW(share->once(
                   "other", [] { return false; }, [] {}, stop),
               Interrupted);
}

TEST_F(Sharing, ManyRemoveOneFolder) {
  for (int round = 0; round < 20; ++round) {
    const fs::path tree = folder_ / "tree";
    for (int n = 0; n < 40; ++n) {
      fs::create_directories(tree / fmt::format("{}", n));
      test::write_text(tree / fmt::format("{}/file", n), "x");
    }
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] { EXPECT_NO_THROW(remove_together(tree)); });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_FALSE(fs::exists(tree));
  }
  EXPECT_NO_THROW(remove_together(folder_ / "none"));
}

TEST_F(Sharing, AFolderThatCannotBeWrittenAndAFullDiskAreSaid) {
  test::write_text(folder_ / "file", "");
  try {
    create_exclusively(folder_ / "file/members/a", "text");
    ADD_FAILURE();
  } catch (const IoError& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("file/members"), HasSubstr("not a directory")));
  }
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  ::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{4, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  std::string message;
  try {
    create_exclusively(folder_ / "claims/a", "a text of some length");
  } catch (const IoError& error) {
    message = error.what();
  }
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  EXPECT_THAT(message, AllOf(HasSubstr("claims/a: cannot write"), HasSubstr("choose another place")));
  EXPECT_TRUE(fs::is_empty(folder_ / "claims"));
}

}  // namespace
}  // namespace monet::experiments::sharing
