#include "monet/core/options.h"

#include "monet/core/error.h"

#include <gmock/gmock.h>

#include <cmath>

namespace monet {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

enum class Colour { red, dark_green };

struct Paint {
  Index width = 64;
  float share = 0.3F;
  double rate = 0.5;
  bool glossy = false;
  Colour colour = Colour::red;
  std::vector<Index> layers = {8, 4};
  int batch = 0;
};

const OptionSet<Paint>& options() {
  static const auto set = [] {
    OptionSet<Paint> s;
    s.whole("width", &Paint::width, 1, 100, "how wide");
    s.number("share", &Paint::share, 0, 1, "how much");
    s.number("rate", &Paint::rate, 0, OptionInfo::kAny, "how fast", true);
    s.toggle("glossy", &Paint::glossy, "whether it shines");
    s.word<Colour>("colour", &Paint::colour, {{"red", Colour::red}, {"dark-green", Colour::dark_green}}, "which");
    s.widths("layers", &Paint::layers, 1, 16, "how wide each layer is");
    s.whole("batch", &Paint::batch, 1, OptionInfo::kAny, "how many", "auto");
    return s;
  }();
  return set;
}

std::string refusal(std::string_view name, std::string_view text) {
  Paint paint;
  try {
    options().set_text(paint, name, text);
  } catch (const InvalidArgument& error) {
    return error.what();
  }
  return "accepted";
}

TEST(Options, KnowTheirDefaults) {
  EXPECT_EQ(find_option(options().infos(), "width")->initial, Value(std::int64_t{64}));
  EXPECT_EQ(find_option(options().infos(), "share")->initial, Value(0.3)) << "not 0.30000001192092896";
  EXPECT_EQ(find_option(options().infos(), "layers")->initial, Value("8,4"));
  EXPECT_EQ(find_option(options().infos(), "colour")->initial, Value("red"));
  EXPECT_EQ(find_option(options().infos(), "shine"), nullptr);
}

TEST(Options, ReadWhatTheyWrite) {
  Paint paint;
  for (const auto& [name, text] : std::vector<std::pair<std::string, std::string>>{{"width", "7"},
                                                                                   {"share", "0.25"},
                                                                                   {"rate", "1e-3"},
                                                                                   {"glossy", "on"},
                                                                                   {"colour", "dark_green"},
                                                                                   {"layers", "3,2,1"},
                                                                                   {"batch", "auto"}}) {
    options().set_text(paint, name, text);
  }
  EXPECT_EQ(paint.width, 7);
  EXPECT_EQ(paint.share, 0.25F);
  EXPECT_EQ(paint.rate, 1e-3);
  EXPECT_TRUE(paint.glossy);
  EXPECT_EQ(paint.colour, Colour::dark_green) << "an underscore is as good as a dash";
  EXPECT_THAT(paint.layers, ElementsAre(3, 2, 1));
  EXPECT_EQ(paint.batch, 0);
  const Paint again = options().make(options().values(paint));
  EXPECT_EQ(options().values(again), options().values(paint));
}

TEST(Options, RefuseWhatIsOutsideTheirDomain) {
  EXPECT_EQ(refusal("width", "0"), "width: '0' is not a whole number between 1 and 100");
  EXPECT_EQ(refusal("width", "1.5"), "width: '1.5' is not a whole number between 1 and 100");
  EXPECT_EQ(refusal("share", "nan"), "share: 'nan' is not a number between 0 and 1");
  EXPECT_EQ(refusal("share", ""), "share: '' is not a number between 0 and 1");
  EXPECT_EQ(refusal("rate", "0"), "rate: '0' is not a number above 0");
  EXPECT_EQ(refusal("rate", "inf"), "rate: 'inf' is not a number above 0");
  EXPECT_EQ(refusal("glossy", "yes"), "glossy: 'yes' is not on or off");
  EXPECT_EQ(refusal("colour", "dark-gren"),
            "colour: 'dark-gren' is not one of red, dark-green; did you mean 'dark-green'?");
  EXPECT_EQ(refusal("layers", "8,,4"), "layers: '8,,4' is not a list of whole numbers between 1 and 16, as 64,64");
  EXPECT_EQ(refusal("layers", "8,17"), "layers: '8,17' is not a list of whole numbers between 1 and 16, as 64,64");
  EXPECT_EQ(refusal("batch", "0"), "batch: '0' is not a whole number of at least 1, or auto");
}

TEST(Options, AStructIsCheckedLikeATextOfIt) {
  Paint paint;
  EXPECT_NO_THROW(options().checked(paint, "paint"));
  paint.share = std::nanf("");
  try {
    options().checked(paint, "paint");
    FAIL() << "accepted";
  } catch (const InvalidArgument& error) {
    EXPECT_STREQ(error.what(), "[paint] share: 'nan' is not a number between 0 and 1");
  }
}

TEST(Options, ValuesOfFilesFitOrAreRefused) {
  const auto info = [](std::string_view name) { return *find_option(options().infos(), name); };
  EXPECT_EQ(checked_option(info("share"), Value(std::int64_t{1})), Value(1.0)) << "a whole number is a number";
  EXPECT_THROW(checked_option(info("width"), Value(1.0)), InvalidArgument);
  EXPECT_THROW(checked_option(info("width"), Value(true)), InvalidArgument);
  EXPECT_THROW(checked_option(info("glossy"), Value(std::int64_t{1})), InvalidArgument);
  EXPECT_EQ(checked_option(info("glossy"), Value("on")), Value(true));
}

TEST(Options, AnUnknownNameIsAnsweredWithTheNearest) {
  try {
    fail_unknown_option("paint", "widht", options().infos());
  } catch (const InvalidArgument& error) {
    EXPECT_THAT(error.what(), HasSubstr("paint has no option 'widht'; did you mean 'width'?; it has width, share"));
  }
}

TEST(Options, ANumberMayHaveAWordForChosen) {
  struct Dose {
    double amount = 0.5;
  };
  OptionSet<Dose> set(Dose{OptionInfo::kWord});
  set.number_or_word("amount", &Dose::amount, 4.0, "auto", "how much");
  const OptionInfo& info = set.infos().front();
  EXPECT_EQ(info.initial, Value(OptionInfo::kWord)) << "the default that was given";
  EXPECT_EQ(set.defaults().amount, OptionInfo::kWord);
  EXPECT_EQ(option_domain(info), "a number between 0 and 4, or auto");
  Dose dose;
  set.set_text(dose, "amount", "1.5");
  EXPECT_EQ(dose.amount, 1.5);
  set.set_text(dose, "amount", "auto");
  EXPECT_EQ(dose.amount, OptionInfo::kWord);
  EXPECT_EQ(option_text(info, OptionInfo::kWord), "auto");
  EXPECT_EQ(option_text(info, 2.0), "2");
  EXPECT_EQ(checked_option(info, OptionInfo::kWord), Value(OptionInfo::kWord));
  EXPECT_EQ(checked_option(info, Value("auto")), Value(OptionInfo::kWord));
  for (const char* bad : {"-1", "5", "much"}) EXPECT_THROW(set.set_text(dose, "amount", bad), InvalidArgument) << bad;
  EXPECT_THROW(checked_option(info, -0.5), InvalidArgument);
}

}  // namespace
}  // namespace monet
