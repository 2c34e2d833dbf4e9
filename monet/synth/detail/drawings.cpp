#include "monet/synth/detail/drawings.h"

#include <array>

namespace monet::synth::detail {

namespace {
using enum Role;

constexpr std::array kSneaker = {
    Part{body, 0,
         "M12 38 C16 43 26 45 33 36 C36 32 42 32 46 36 C54 46 66 53 80 56 C89 58 92 64 92 71 L9 71 C8 60 9 47 12 38 Z"},
    Part{trim, 0, "M77 55.3 C88 57.5 92 64 92 71 L73 71 C71 64 72 59 77 55.3 Z"},
    Part{trim, 0, "M12 38 C15 41.5 19 43.2 23 42.6 C20 52 20 62 22 71 L9 71 C8 60 9 47 12 38 Z"},
    Part{pale, 0, "M8 70 L93 70 C94 76 92 80 87 80 L14 80 C9 80 7 76 8 70 Z"},
    Part{seam, 1.2, "M9 75 L92.5 75"},
    Part{lace, 2.2, "M46 37 L39 45 M52 42.5 L45.5 50.5 M58.5 47.3 L52.5 55.5"},
    Part{seam, 1.0, "M37 46 C38 55 36 63 33 70"},
};
constexpr std::array kBoot = {
    Part{body, 0, "M28 12 L58 12 C58 26 57 38 59 45 C67 52 81 53 87 62 C89 66 89 70 89 75 L27 75 C26 54 30 34 28 12 Z"},
    Part{trim, 0, "M28 12 L58 12 L57.8 21 L28.7 21 Z"},
    Part{dark, 0, "M26 74 L90 74 L90 80 C90 82 89 83 87 83 L53 83 L50 80 L45 80 L45 87 L29 87 C27 87 26 85 26 83 Z"},
    Part{seam, 1.2, "M59 45 C53 50 45 52 38 52 M38 52 C34 58 33 66 34 74"},
    Part{lace, 2.0, "M45 30 L58 28 M45.5 37 L58 35 M47 44 L59 42"},
};
constexpr std::array kSandal = {
    Part{
        dark, 0,
        "M31 12 C43 12 49 23 47 39 C46 51 45 59 46 71 C46 85 40 94 31 94 C22 94 17 85 17 71 C18 59 17 51 16 39 C14 23 "
        "19 12 31 12 Z M69 12 C57 12 51 23 53 39 C54 51 55 59 54 71 C54 85 60 94 69 94 C78 94 83 85 83 71 C82 59 83 51 "
        "84 39 C86 23 81 12 69 12 Z"},
    Part{body, 0,
         "M31 8 C42 8 47 20 45 36 C44 48 43 56 44 68 C44 82 39 90 31 90 C23 90 19 82 19 68 C20 56 19 48 18 36 C16 20 "
         "20 8 "
         "31 8 Z M69 8 C58 8 53 20 55 36 C56 48 57 56 56 68 C56 82 61 90 69 90 C77 90 81 82 81 68 C80 56 81 48 82 36 "
         "C84 20 "
         "80 8 69 8 Z"},
    Part{strap, 5.0, "M32 24 C28 34 22 40 18.5 48 M32 24 C37 34 42 40 44.5 48"},
    Part{strap, 5.0, "M68 24 C72 34 78 40 81.5 48 M68 24 C63 34 58 40 55.5 48"},
    Part{pale, 0, "O 32 24 2.4 2.4 O 68 24 2.4 2.4"},
};
constexpr std::array kShirt = {
    Part{body, 0, "M35 15 C42 23 58 23 65 15 L91 30 L82 50 L73 45 L73 88 L27 88 L27 45 L18 50 L9 30 Z"},
    Part{strap, 3.2, "M35 15 C42 24.5 58 24.5 65 15"},
    Part{seam, 1.0, "M27 45 L27.5 33 M73 45 L72.5 33 M27 84 L73 84 M19.8 46.5 L11 28.8 M80.2 46.5 L89 28.8"},
};
constexpr std::array kSweater = {
    Part{body, 0,
         "M36 15 C43 20 57 20 64 15 C75 17 82 22 85 31 L94 78 L81 81 L73 49 L73 87 L27 87 L27 49 L19 81 L6 78 L15 31 "
         "C18 22 "
         "25 17 36 15 Z"},
    Part{trim, 0, "M27 80 L73 80 L73 88 L27 88 Z"},
    Part{trim, 0, "M7.4 70.6 L20.9 73.6 L19 81.5 L5.9 78.5 Z M92.6 70.6 L79.1 73.6 L81 81.5 L94.1 78.5 Z"},
    Part{strap, 5.5, "M36 16 C43 23 57 23 64 16"},
    Part{seam, 1.0, "M27 49 C27.5 42 28 36 30 28 M73 49 C72.5 42 72 36 70 28"},
};
constexpr std::array kJacket = {
    Part{body, 0,
         "M34 13 L50 22 L66 13 C76 16 83 21 85 30 L93 77 L80.5 80 L74 50 L74 88 L26 88 L26 50 L19.5 80 L7 77 L15 30 "
         "C17 21 24 "
         "16 34 13 Z"},
    Part{dark, 0, "M40 14 L50 42 L60 14 C54 18 46 18 40 14 Z"},
    Part{trim, 0, "M34 12 L42 15.5 L50 43 L38 36 L40 29 L31 24 Z M66 12 L58 15.5 L50 43 L62 36 L60 29 L69 24 Z"},
    Part{seam, 1.6, "M50 43 L50 88 M31 68 L43 64 M69 68 L57 64"},
    Part{pale, 0, "O 54 52 1.7 1.7 O 54 63 1.7 1.7 O 54 74 1.7 1.7"},
    Part{seam, 1.0, "M26 50 C26.5 42 27 35 30 26 M74 50 C73.5 42 73 35 70 26"},
};
constexpr std::array kScarf = {
    Part{handle, 1.8, "M56 86 L55 95 M60 86.5 L59.5 95.5 M64 86.5 L64 95.5 M68 86.5 L68.5 95.5 M72 86 L73 95"},
    Part{handle, 1.8, "M29 79 L27 88 M33 80 L31.5 89 M37 80.5 L36 89.5 M41 81 L40.5 90 M45 81.5 L45 90.5"},
    Part{body, 0, "M34 44 L54 48 L47 82 L27 79 Z"},
    Part{seam, 1.0, "M34 44 L27 79 M54 48 L47 82"},
    Part{body, 0, "M48 42 L66 38 L75 86 L54 87 Z"},
    Part{seam, 1.0, "M48 42 L54 87 M66 38 L75 86"},
    Part{body, 0, "M50 9 C72 9 84 18 83 31 C82 45 66 53 50 53 C34 53 18 45 17 31 C16 18 28 9 50 9 Z"},
    Part{dark, 0, "M50 17 C62 17 69 20 69 25 C69 31 60 34 50 34 C40 34 31 31 31 25 C31 20 38 17 50 17 Z"},
    Part{seam, 1.2, "M22 36 C32 46 66 46 78 34 M28 44 C40 50 60 50 71 44"},
};
constexpr std::array kHat = {
    Part{body, 0, "M4 63 C14 55 30 58 50 58 C70 58 86 55 96 63 C88 74 70 77 50 77 C30 77 12 74 4 63 Z"},
    Part{seam, 1.2, "M6 64 C20 72 80 72 94 64"},
    Part{body, 0, "M27 60 C27 36 33 24 43 23 C46 26 54 26 57 23 C67 24 73 36 73 60 C60 66 40 66 27 60 Z"},
    Part{trim, 0, "M27.4 50 C40 56 60 56 72.6 50 L73.2 60 C60 66.5 40 66.5 26.8 60 Z"},
    Part{seam, 1.0, "M43 23 C46 30 48 34 49 40 M57 23 C54 30 52 34 51 40"},
};
constexpr std::array kDress = {
    Part{body, 0,
         "M37 10 L43 10 C44 22 56 22 57 10 L63 10 C64 24 67 32 62 44 C71 58 81 74 86 89 C62 96 38 96 14 89 C19 74 29 "
         "58 38 44 "
         "C33 32 36 24 37 10 Z"},
    Part{trim, 0, "M38.3 42 C45 45.5 55 45.5 61.7 42 L64 48 C56 51.5 44 51.5 36 48 Z"},
    Part{seam, 1.0, "M44 51 C41 64 36 78 33 91 M50 52 L50 93 M56 51 C59 64 64 78 67 91"},
    Part{strap, 2.0, "M37 10 L43 10 M57 10 L63 10"},
};
constexpr std::array kUmbrella = {
    Part{shaft, 2.6, "M50 8 L50 82 C50 92 36 92 36 83"},
    Part{body, 0,
         "M6 56 C8 28 29 13 50 13 C71 13 92 28 94 56 C88 49 79 49 72 56 C66 49 57 49 50 56 C43 49 34 49 28 56 C21 49 "
         "12 49 6 "
         "56 Z"},
    Part{seam, 1.2, "M50 13 C39 23 31 38 28 56 M50 13 C61 23 69 38 72 56 M50 13 L50 56"},
};
constexpr std::array kBackpack = {
    Part{strap, 3.6, "M40 17 C40 5 60 5 60 17"},
    Part{handle, 6.0, "M25 46 C15 54 15 72 22 82 M75 46 C85 54 85 72 78 82"},
    Part{body, 0, "M23 40 C23 22 35 14 50 14 C65 14 77 22 77 40 L79 82 C79 88 76 90 71 90 L29 90 C24 90 21 88 21 82 Z"},
    Part{trim, 0, "M30 60 L70 60 L72 82 C72 84 70 86 68 86 L32 86 C30 86 28 84 28 82 Z"},
    Part{seam, 1.6, "M25 44 C40 51 60 51 75 44"},
    Part{lace, 1.6, "M34 65 L66 65"},
    Part{pale, 0, "M47.5 46 L52.5 46 L52.5 55 L47.5 55 Z"},
};
constexpr std::array kMug = {
    Part{handle, 7.5, "M66 38 C94 33 94 70 67 68"},
    Part{body, 0, "M17 26 L71 26 L68.5 80 C68 86 63 89 58 89 L30 89 C25 89 20 86 19.5 80 Z"},
    Part{trim, 0, "O 44 26 27 6.5"},
    Part{drink, 0, "O 44 26.8 22.5 4.4"},
};
constexpr std::array kLamp = {
    Part{shaft, 3.2, "M50 56 L50 86"},
    Part{dark, 0, "O 50 88 19 5"},
    Part{body, 0, "M35 14 L65 14 L84 57 C66 63 34 63 16 57 Z"},
    Part{trim, 0, "O 50 14 15 2.8"},
    Part{seam, 1.4, "M16.5 56 C34 62 66 62 83.5 56"},
    Part{shaft, 1.0, "M66 60 L66 71"},
    Part{wood, 0, "O 66 72 1.8 1.8 O 50 74 4.5 7"},
};
constexpr std::array kCushion = {
    Part{trim, 0, "O 12 16 3.4 3.4 O 88 16 3.4 3.4 O 12 84 3.4 3.4 O 88 84 3.4 3.4"},
    Part{body, 0,
         "M13 17 C32 22 68 22 87 17 C90 17 90 20 89 23 C84 40 84 60 89 77 C90 80 90 83 87 83 C68 78 32 78 13 83 C10 83 "
         "10 80 "
         "11 77 C16 60 16 40 11 23 C10 20 10 17 13 17 Z"},
    Part{seam, 1.2, "M18 23 C34 27 66 27 82 23 C78 40 78 60 82 77 C66 73 34 73 18 77 C22 60 22 40 18 23"},
    Part{trim, 0, "O 50 50 3.2 3.2"},
};
}  // namespace

std::span<const Part> drawing_of(std::size_t category) {
  static constexpr std::array<std::span<const Part>, 14> kDrawings = {kSneaker,  kBoot,  kSandal, kShirt,  kSweater,
                                                                      kJacket,   kScarf, kHat,    kDress,  kUmbrella,
                                                                      kBackpack, kMug,   kLamp,   kCushion};
  return kDrawings[category];
}

}  // namespace monet::synth::detail
