// Kinds of interactions: from what a file says to what is written, loaded and drawn.
#include "monet/prepare/events.h"

#include "monet/core/error.h"
#include "monet/data/load.h"
#include "monet/input/json_record.h"
#include "monet/prepare/choose_keys.h"
#include "monet/prepare/interaction_set.h"
#include "monet/prepare/records/record_interactions.h"
#include "tests/core/files/temporary_folder.h"
#include "tests/prepare/support.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace monet::test::events_test {
namespace {

using namespace prepare;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::string weights_of(std::string_view text) {
  std::string out;
  for (const EventWeight& event : parse_events(text)) out += fmt::format("[{}]={} ", event.kind, event.weight);
  return out;
}

TEST(Events, AreKindsAndWeights) {
  EXPECT_EQ(weights_of("purchase:1,cart:0.5,view:0.1"), "[purchase]=1 [cart]=0.5 [view]=0.1 ");
  EXPECT_EQ(weights_of("purchase"), "[purchase]=1 ");
  EXPECT_EQ(weights_of(" add to cart : 2.5 ,1:1e6,4:1e-3,"), "[add to cart]=2.5 [1]=1000000 [4]=0.001 ");
  EXPECT_EQ(weights_of("ui:click:0.5"), "[ui:click]=0.5 ");
  EXPECT_EQ(weights_of("buy,Buy:2"), "[buy]=1 [Buy]=2 ");
}

TEST(Events, RefuseWhatIsNone) {
  const auto refusal = [](std::string_view text) { return message_of<InvalidArgument>([&] { parse_events(text); }); };
  for (const char* weight : {"0", "-1", "nan", "inf", "x", "", "1e7", "1e-60", "0.5.1", "1 2"}) {
    EXPECT_THAT(refusal(std::string("view:1,buy:") + weight),
                AllOf(HasSubstr("`events`"), HasSubstr("'buy'"), HasSubstr("above 0")))
        << weight;
  }
  EXPECT_THAT(refusal(""), HasSubstr("names no kind"));
  EXPECT_THAT(refusal(":1"), HasSubstr("without a kind"));
  EXPECT_THAT(refusal("buy, ,view"), HasSubstr("without a kind"));
  EXPECT_THAT(refusal("buy:1,buy:2"), HasSubstr("'buy' twice"));
  std::string many;
  for (int kind = 0; kind < 1000; ++kind) many += fmt::format("k{},", kind);
  EXPECT_EQ(parse_events(many).size(), 1000U);
  EXPECT_THAT(refusal(many + "one"), HasSubstr("more than 1000 kinds"));
}

TEST(Events, AreComparedAsWrittenThenLoosely) {
  const std::vector<EventWeight> events = parse_events("add_to_cart:2,Buy:3,buy:4,1:5,View:6");
  const auto weight = [&](std::string_view kind) {
    const EventWeight* found = find_event(events, kind);
    return found == nullptr ? 0.0 : found->weight;
  };
  EXPECT_EQ(weight("Add to Cart"), 2.0);
  EXPECT_EQ(weight("addToCart"), 2.0);
  EXPECT_EQ(weight("Buy"), 3.0);
  EXPECT_EQ(weight("buy"), 4.0);
  EXPECT_EQ(weight("BUY"), 0.0);  // either
  EXPECT_EQ(weight("1"), 5.0);
  EXPECT_EQ(weight("1.0"), 5.0);
  EXPECT_EQ(weight("view"), 6.0);
  EXPECT_EQ(weight("views"), 0.0);
}

TEST(Events, AreCountedByKind) {
  EventKinds kinds(parse_events("buy:1,view:0.5"));
  EXPECT_FALSE(kinds.is_read());
  kinds.read_from("what", false);
  EXPECT_EQ(kinds.take("view"), 0.5F);
  EXPECT_EQ(kinds.take(" View "), 0.5F);
  EXPECT_EQ(kinds.take("cart"), 0.0F);
  EXPECT_EQ(kinds.take("cart"), 0.0F);
  EXPECT_EQ(kinds.take("buy"), 1.0F);
  EXPECT_EQ(kinds.take(""), 0.0F);
  EXPECT_EQ(kinds.take("NULL"), 0.0F);
  EXPECT_EQ(kinds.take("cart"), 0.0F);
  EXPECT_EQ(kinds.left_out(), 5);
  EXPECT_THAT(kinds.conclude("x.csv"),
              ElementsAre("interactions by column what: view 1 (weight 0.5), View 1 (weight 0.5), buy 1 (weight 1)",
                          "5 interactions of other kinds left out: cart 3, (none) 2"));
}

TEST(Events, TooManyKindsAreNone) {
  for (const bool named : {true, false}) {
    EventKinds kinds({});
    kinds.read_from("what", named);
    for (int n = 0; n < 1500; ++n) EXPECT_EQ(kinds.take(std::to_string(n)), 1.0F);
    if (named) {
      EXPECT_THAT(message_of<DataError>([&] { kinds.conclude("x.csv"); }),
                  AllOf(HasSubstr("x.csv: column what holds more than 1000 kinds"), HasSubstr("`event-column`")));
    } else {
      EXPECT_THAT(kinds.conclude("x.csv"), IsEmpty());
    }
  }
}

TEST(Events, ALongListOfKindsIsCut) {
  EventKinds kinds({});
  kinds.read_from("what", true);
  for (int n = 0; n < 14; ++n) {
    for (int count = 0; count <= n; ++count) kinds.take(fmt::format("k{}", n));
  }
  EXPECT_THAT(kinds.conclude("x"), ElementsAre(AllOf(HasSubstr("14 kinds"), HasSubstr(": k13 14, k12 13,"),
                                                     HasSubstr("k4 5 and 4 more;"), Not(HasSubstr("k3 4")))));
}

TEST(Merging, KeepsTheEarliestWithTheLargestWeight) {
  InteractionLog log({{}, false, parse_events("buy:1,view:0.25,cart:0.5")});
  log.kinds.read_from("what", false);
  log.add({"u", "a", "", "20", -1, "buy"});
  log.add({"u", "a", "", "10", -1, "view"});
  log.add({"u", "b", "", "30", -1, "view"});
  log.add({"u", "a", "", "40", -1, "cart"});
  log.add({"v", "b", "", "5", -1, "other"});
  log.settle();
  Cleaning cleaning;
  const InteractionSet set = clean(std::move(log), 0, false, cleaning);
  EXPECT_EQ(cleaning.merged, 2);
  EXPECT_THAT(set.user_ids, ElementsAre("u"));
  EXPECT_THAT(set.times, ElementsAre(10.0, 30.0));
  EXPECT_THAT(set.weights, ElementsAre(1.0F, 0.25F));
}

class EventFiles : public TemporaryFolder {
 protected:
  PrepareOptions options_for(const std::string& name, const std::string& text) {
    write_text(folder_ / "in" / name, text);
    PrepareOptions options;
    options.source = folder_ / "in" / name;
    options.out = folder_ / "out";
    options.name = "set";
    options.force = true;
    options.use_catalogue = false;
    return options;
  }
  PrepareResult prepare(const std::string& name, const std::string& text, const std::string& events = {},
                        const std::string& column = {}) {
    PrepareOptions options = options_for(name, text);
    if (!events.empty()) options.events = parse_events(events);
    options.columns.event = column;
    return prepare_quietly(options);
  }
  std::string refusal(const std::string& name, const std::string& text, const std::string& events,
                      const std::string& column = {}) {
    return message_of<DataError>([&] { prepare(name, text, events, column); });
  }
  std::string written() { return read_text(folder_ / "out/set.inter"); }
};

constexpr const char* kClicks =
    "user_id,item_id,event_type\nu,a,view\nu,b,cart\nu,a,purchase\nv,a,view\nv,c,Purchase\nv,d,\nw,d,view\n";

TEST_F(EventFiles, ChooseAndWeighInTables) {
  const PrepareResult result = prepare("clicks.csv", kClicks, "purchase:1,cart:0.5");
  EXPECT_EQ(written(), "userID\titemID\tweight\tx_label\n0\t0\t0.5\t0\n0\t1\t1\t0\n1\t2\t1\t0\n");
  EXPECT_THAT(result.notes,
              AllOf(Contains("interactions by column event_type: cart 1 (weight 0.5), purchase 1 (weight 1), Purchase "
                             "1 (weight 1)"),
                    Contains("4 interactions of other kinds left out: view 3, (none) 1")));
  EXPECT_EQ(result.users, 2);
  const auto manifest = nlohmann::json::parse(read_text(folder_ / "out/prepare.json"));
  EXPECT_EQ(manifest["options"]["events"]["cart"], 0.5);
  EXPECT_EQ(manifest["counts"]["interactions_read"], 7);
  EXPECT_EQ(manifest["counts"]["kinds"]["column"], "event_type");
  EXPECT_EQ(manifest["counts"]["kinds"]["interactions"][0],
            nlohmann::json({{"kind", "view"}, {"count", 3}, {"weight", 0.0}}));
}

TEST_F(EventFiles, WhatWasWrittenIsLoadedWithItsWeights) {
  prepare("clicks.csv", kClicks, "purchase:1,cart:0.5,view:0.1");
  EXPECT_EQ(written(),
            "userID\titemID\tweight\tx_label\n0\t0\t1\t0\n0\t1\t0.5\t0\n1\t0\t0.1\t0\n1\t2\t1\t0\n2\t3\t0.1\t0\n");
  EXPECT_THAT(data::load(folder_ / "out").weights, ElementsAre(1.0F, 0.5F, 0.1F, 1.0F, 0.1F));
  // Once more through prepare.
  PrepareOptions again;
  again.source = folder_ / "out";
  again.out = folder_ / "again";
  const PrepareResult result = prepare_quietly(again);
  EXPECT_THAT(result.notes, Contains(HasSubstr("keep the weights in column weight")));
  EXPECT_THAT(data::load(folder_ / "again").weights, ElementsAre(1.0F, 0.5F, 0.1F, 1.0F, 0.1F));
}

TEST_F(EventFiles, BadWeightsInMmrecsTablesAreBadLines) {
  const std::string text =
      "userID\titemID\tweight\tx_label\n0\t0\t1\t0\n0\t1\tnan\t0\n0\t2\t\t0\n0\t3\t2\t0\n0\t4\t2\t0\n";
  write_text(folder_ / "in/i_id_mapping.csv", "asin\titemID\na\t0\n");
  EXPECT_THAT(refusal("x.inter", text, ""), AllOf(HasSubstr("x.inter:3"), HasSubstr("the weight 'nan'")));
  PrepareOptions options = options_for("x.inter", text);
  options.format = Format::mmrec;
  options.skip_bad_lines = true;
  EXPECT_THAT(prepare_quietly(options).notes, Contains(HasSubstr("2 lines of the interactions cannot be read")));
  EXPECT_EQ(written(), "userID\titemID\tweight\tx_label\n0\t0\t1\t0\n0\t1\t2\t0\n0\t2\t2\t0\n");
}

TEST_F(EventFiles, ChoosingWithoutWeighingWritesNoWeights) {
  prepare("clicks.csv", kClicks, "purchase,cart");
  EXPECT_EQ(written(), "userID\titemID\tx_label\n0\t0\t0\n0\t1\t0\n1\t2\t0\n");
}

TEST_F(EventFiles, NamedWithoutEventsAllCountTheSame) {
  for (const char* column : {"event_type", ""}) {
    const PrepareResult result = prepare("clicks.csv", kClicks, "", column);
    EXPECT_EQ(result.train + result.validation + result.test, 6);
    EXPECT_THAT(written(), HasSubstr("userID\titemID\tx_label\n"));
    EXPECT_THAT(result.notes,
                Contains("column event_type has 4 kinds of interactions: view 3, cart 1, purchase 1, Purchase 1, "
                         "(none) 1; all count the same; `events` Purchase:1,cart:0.5,view:0.1 chooses and weighs"));
  }
  EXPECT_THAT(prepare("clicks.csv", kClicks, "", "none").notes, Each(Not(HasSubstr("event_type"))));
}

TEST_F(EventFiles, ANameThatMayMeanAnythingNeedsTheUsualWords) {
  EXPECT_THAT(prepare("a.csv", "user,item,type\nu,a,book\nu,b,dvd\n").notes, IsEmpty());
  EXPECT_THAT(prepare("a.csv", "user,item,type\nu,a,view\nu,b,dvd\n").notes, Contains(HasSubstr("2 kinds")));
  EXPECT_THAT(prepare("a.csv", "user,item,behavior\nu,a,1\nu,b,3\n").notes, Contains(HasSubstr("2 kinds")));
  EXPECT_THAT(prepare("a.csv", "user,item,behavior\nu,a,1\nu,b,1\n").notes, IsEmpty());
}

TEST_F(EventFiles, OfSeveralColumnsTheOneThatHoldsTheKindsIsTaken) {
  const std::string text = "user,item,event_type,action\nu,a,web,buy\nu,b,app,view\nu,c,web,buy\n";
  const PrepareResult result = prepare("a.csv", text, "buy");
  EXPECT_EQ(result.train, 2);
  EXPECT_THAT(result.notes, Contains(HasSubstr("the kinds of interactions are those of 'action'")));
  EXPECT_EQ(prepare("a.csv", text, "web", "event_type").train, 2);
}

TEST_F(EventFiles, WhatCannotBeChosenIsRefusedWithWhatThereIs) {
  EXPECT_THAT(refusal("clicks.csv", kClicks, "purchase:1,crat:0.5"),
              AllOf(HasSubstr("'crat'"), HasSubstr("event_type never holds"), HasSubstr("view 3, cart 1, purchase 1")));
  EXPECT_THAT(refusal("a.csv", "user,item,doing\nu,a,view\nu,b,buy\n", "buy"),
              AllOf(HasSubstr("user, item, doing"), HasSubstr("'doing' holds"), HasSubstr("`event-column`")));
  EXPECT_THAT(refusal("clicks.csv", kClicks, "", "deed"),
              AllOf(HasSubstr("no column 'deed' for the kind of interaction"), HasSubstr("event_type")));
  EXPECT_THAT(refusal("clicks.csv", kClicks, "", "user_id"), Not(IsEmpty()));
  EXPECT_THAT(refusal("x.jsonl", "{\"user\":1,\"item\":2,\"deed\":\"buy\"}\n", "buy"),
              AllOf(HasSubstr("user, item, deed"), HasSubstr("`event-column`")));
  PrepareOptions options = options_for("list/train.txt", "0 1 2\n1 0 2\n");
  write_text(folder_ / "in/list/test.txt", "0 0\n");
  options.source = folder_ / "in/list";
  options.format = Format::lists;
  options.events = parse_events("buy");
  EXPECT_THAT(message_of<DataError>([&] { prepare_quietly(options); }), HasSubstr("lists tells no kinds"));
}

TEST_F(EventFiles, MinRatingIsAskedOfThoseThatCount) {
  PrepareOptions options =
      options_for("a.csv", "user,item,rating,action\nu,a,5,view\nu,b,2,buy\nu,c,4,buy\nu,d,1,view\n");
  options.events = parse_events("buy:2");
  options.min_rating = 3.0;
  const PrepareResult result = prepare_quietly(options);
  EXPECT_THAT(result.notes, AllOf(Contains(HasSubstr("1 interactions rated below 3")),
                                  Contains("2 interactions of other kinds left out: view 2")));
  EXPECT_EQ(written(), "userID\titemID\trating\tweight\tx_label\n0\t0\t4\t2\t0\n");
}

TEST_F(EventFiles, InRecordsTheKindMayLieInsideOrGoWithEachItem) {
  prepare("a.jsonl",
          "{\"user_id\":\"u\",\"item_id\":\"a\",\"event\":{\"type\":\"view\",\"id\":9}}\n"
          "{\"user_id\":\"u\",\"item_id\":\"b\",\"event\":{\"type\":\"buy\",\"id\":8}}\n",
          "buy:1,view:0.5", "event");
  const std::string weighed = "userID\titemID\tweight\tx_label\n0\t0\t0.5\t0\n0\t1\t1\t0\n";
  EXPECT_EQ(written(), weighed);
  const std::string nested =
      "{\"user_id\":\"u\",\"item_id\":\"a\",\"properties\":{\"action\":\"view\"}}\n"
      "{\"user_id\":\"u\",\"item_id\":\"b\",\"properties\":{\"action\":\"buy\"}}\n";
  prepare("a.jsonl", nested, "buy:1,view:0.5");
  EXPECT_EQ(written(), weighed);
  prepare("a.jsonl", nested, "buy:1,view:0.5", "properties.action");
  EXPECT_EQ(written(), weighed);
  prepare("a.jsonl", nested, "buy:1,view:0.5", "properties");
  EXPECT_EQ(written(), weighed);
  prepare("a.jsonl",
          "{\"user_id\":\"u\",\"items\":[{\"id\":5,\"type\":\"view\"},{\"id\":6,\"type\":\"buy\"},{\"id\":7}]}\n"
          "{\"user_id\":\"v\",\"items\":[{\"id\":7,\"type\":\"view\"}]}\n",
          "buy:1,view:0.25");
  EXPECT_EQ(written(), "userID\titemID\tweight\tx_label\n0\t0\t0.25\t0\n0\t1\t1\t0\n1\t2\t0.25\t0\n");
  // Python's literals, numbers as kinds, null.
  prepare("a.json",
          "{'user_id': 'u', 'item_id': 'a', 'action_type': 2}\n{'user_id': 'u', 'item_id': 'b', "
          "'action_type': 0}\n{'user_id': 'u', 'item_id': 'c', 'action_type': None}\n",
          "2:1,0:0.1");
  EXPECT_EQ(written(), "userID\titemID\tweight\tx_label\n0\t0\t1\t0\n0\t1\t0.1\t0\n");
}

TEST_F(EventFiles, WithoutAHeaderTheColumnIsNamedByItsPlace) {
  PrepareOptions options =
      options_for("UserBehavior.csv", "1,22,252,pv,1511544070\n1,23,252,buy,1511561733\n2,22,149,fav,1511572885\n");
  options.format = Format::ratings_user_item;
  options.columns = {"", "", "none", "5", "4"};
  options.events = parse_events("buy:1,pv:0.1");
  prepare_quietly(options);
  EXPECT_EQ(written(),
            "userID\titemID\ttimestamp\tweight\tx_label\n0\t0\t1511544070\t0.1\t0\n0\t1\t1511561733\t1\t0\n");
}

}  // namespace
}  // namespace monet::test::events_test
