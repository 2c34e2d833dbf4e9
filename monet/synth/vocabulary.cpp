#include "monet/synth/vocabulary.h"

namespace monet::synth {

namespace {
// In the order of the catalogue's words.
constexpr std::array<CategoryWords, 14> kCategories = {{
    {"Fashion|Shoes|Sneakers",
     {"sneaker", "trainer", "low-top shoe"},
     {"canvas", "knitted mesh", "suede"},
     {"A rubber sole grips on wet pavement", "Padded at the ankle, with laces that stay tied"},
     69.0},
    {"Fashion|Shoes|Boots",
     {"boot", "ankle boot", "lace-up boot"},
     {"full-grain leather", "nubuck", "waxed cotton"},
     {"The deep tread sheds mud and snow", "A warm lining reaches up to the shaft"},
     119.0},
    {"Fashion|Shoes|Sandals",
     {"sandal", "flip-flop", "beach sandal"},
     {"cork", "natural rubber", "woven straw"},
     {"The footbed follows the arch of the foot", "Dries in minutes after a swim"},
     29.0},
    {"Fashion|Tops|T-Shirts",
     {"shirt", "T-shirt", "tee"},
     {"organic cotton", "jersey", "linen"},
     {"Short sleeves and a crew neck, cut straight", "The collar keeps its shape in the wash"},
     24.0},
    {"Fashion|Tops|Sweaters",
     {"sweater", "pullover", "jumper"},
     {"merino wool", "lambswool", "cotton knit"},
     {"Ribbed cuffs keep the cold out", "Knitted in one piece, without a seam at the shoulder"},
     59.0},
    {"Fashion|Outerwear|Jackets",
     {"jacket", "blazer", "short coat"},
     {"twill", "boiled wool", "corduroy"},
     {"Two outer pockets and one inside", "Lapels that can be worn up against the wind"},
     129.0},
    {"Fashion|Accessories|Scarves",
     {"scarf", "shawl", "neck wrap"},
     {"cashmere", "wool", "viscose"},
     {"Long enough to go round twice", "Finished with short fringes at both ends"},
     34.0},
    {"Fashion|Accessories|Hats",
     {"hat", "brimmed hat", "fedora"},
     {"felt", "raffia", "wool felt"},
     {"The brim keeps sun and drizzle off", "A ribbon inside adjusts it to the head"},
     39.0},
    {"Fashion|Dresses|Day Dresses",
     {"dress", "sundress", "sleeveless dress"},
     {"poplin", "crepe", "cotton voile"},
     {"Gathered at the waist, with a wide skirt", "Falls to the knee and swings when you turn"},
     79.0},
    {"Fashion|Accessories|Umbrellas",
     {"umbrella", "stick umbrella", "brolly"},
     {"pongee", "recycled polyester", "nylon"},
     {"Eight ribs bend in a gust and spring back", "Opens at the press of a button"},
     32.0},
    {"Travel|Bags|Backpacks",
     {"backpack", "rucksack", "daypack"},
     {"cordura", "canvas", "recycled nylon"},
     {"A sleeve inside holds a laptop", "Wide straps spread the load over both shoulders"},
     89.0},
    {"Home|Kitchen|Mugs",
     {"mug", "coffee mug", "tea cup"},
     {"stoneware", "porcelain", "enamel"},
     {"Holds a third of a litre and keeps it hot", "Safe in the dishwasher and the microwave"},
     14.0},
    {"Home|Lighting|Table Lamps",
     {"lamp", "table lamp", "bedside lamp"},
     {"linen and brass", "paper and oak", "cotton and steel"},
     {"The shade spreads a soft warm light", "Switched on by a short pull chain"},
     64.0},
    {"Home|Living|Cushions",
     {"cushion", "throw pillow", "sofa pillow"},
     {"velvet", "cotton canvas", "jacquard"},
     {"Filled with feathers that spring back", "The cover comes off by a hidden zip"},
     27.0},
}};

constexpr std::array<StyleWords, 7> kStyles = {{
    {{"Fairmont", "Oxley & Sons", "Hartwell"},
     {"classic", "timeless", "traditional", "well-made", "understated", "tailored"},
     {"Cut the way it has been for generations", "It goes with everything and never dates",
      "Quality you notice on the second look", "A staple that earns its place"}},
    {{"Strive", "Velocity Lab", "Kinetiq"},
     {"sporty", "athletic", "dynamic", "lightweight", "active", "fast"},
     {"Made for the gym, the track and the way home", "Breathes when the pace goes up",
      "Every gram that does not help was left out", "Ready when training begins"}},
    {{"Retrograde", "Attic & Co", "Seventy Seven"},
     {"vintage", "retro", "nostalgic", "old-school", "antique-look", "rediscovered"},
     {"Straight out of a film from the seventies", "Worn-in charm, as if found at a flea market",
      "Grandmother would know it at once", "Modelled on an original from the archive"}},
    {{"Blank", "Kontur", "Less Studio"},
     {"minimalist", "clean", "pared-down", "simple", "quiet", "geometric"},
     {"No logo, no ornament, nothing to distract", "Reduced to what it has to be", "Clear lines and an even surface",
      "Scandinavian calm for every day"}},
    {{"Jellybean", "Hopscotch", "Pomelo"},
     {"playful", "cheerful", "quirky", "fun", "whimsical", "bubbly"},
     {"Brings a smile on Monday mornings", "Not for people who take themselves too seriously",
      "A little silly, and proud of it", "Looks like a party for no reason"}},
    {{"Ridgeback", "Northfell", "Ironwood"},
     {"rugged", "tough", "outdoor", "hard-wearing", "weatherproof", "sturdy"},
     {"Built for trails, storms and bad ideas", "Shrugs off rain, mud and years of use",
      "Double stitched where it counts", "Tested on the mountain before it went on sale"}},
    {{"Maison Vey", "Belcanto", "Aurelia"},
     {"elegant", "refined", "graceful", "luxurious", "polished", "chic"},
     {"For evenings that end later than planned", "A touch of Paris, with nothing overdone",
      "Flatters without asking for attention", "Finished by hand in a small atelier"}},
}};

constexpr std::array<std::string_view, 4> kPatternSentences = {
    "The {} design runs over the whole piece", "Comes {}, and stays so after many washes",
    "With the {} finish that our customers ask for", "This season it is {}"};

constexpr std::array<std::string_view, 40> kModelNames = {
    "Alder",   "Bristol", "Cedar",  "Dover",  "Elba",   "Fjord",  "Garda", "Harbour", "Iris",    "Juno",
    "Kestrel", "Lima",    "Marlow", "Nadir",  "Orchid", "Pavia",  "Quill", "Rowan",   "Sierra",  "Tarn",
    "Umbra",   "Verona",  "Willow", "Xanthe", "Yarrow", "Zephyr", "Ashby", "Bergen",  "Como",    "Delft",
    "Elm",     "Faro",    "Genoa",  "Hazel",  "Islay",  "Jasper", "Kyoto", "Lark",    "Mistral", "Nimbus"};

constexpr std::array<std::string_view, 10> kSmallTalk = {"Ships within two days",
                                                         "Returns are free for a month",
                                                         "Clean with a damp cloth only",
                                                         "See the chart for sizes and measures",
                                                         "Packed without plastic",
                                                         "Colours may look different on your screen",
                                                         "A gift box is available at the checkout",
                                                         "Two years of guarantee",
                                                         "Designed and checked in our own workshop",
                                                         "Customers often buy two"};
}  // namespace

const CategoryWords& category_words(std::size_t category) {
  return kCategories[category];
}
const StyleWords& style_words(std::size_t style) {
  return kStyles[style];
}
std::span<const std::string_view> pattern_sentences() {
  return kPatternSentences;
}
std::span<const std::string_view> model_names() {
  return kModelNames;
}
std::span<const std::string_view> small_talk() {
  return kSmallTalk;
}

}  // namespace monet::synth
