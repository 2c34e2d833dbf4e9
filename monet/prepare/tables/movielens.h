#pragma once

#include "monet/input/bad_lines.h"
#include "monet/prepare/interaction_log.h"
#include "monet/prepare/items/catalogue.h"

namespace monet::prepare {

/// `ratings.dat` of MovieLens 1M and 10M: user::item::rating::timestamp.
void read_movielens_ratings(input::LineReader& lines, input::BadLines& bad_lines, InteractionLog& log);
/// `movies.dat`: item::title::genre|genre.
void read_movielens_movies(input::LineReader& lines, input::BadLines& bad_lines, Catalogue& catalogue);
/// `u.item` of MovieLens 100K: item|title|release date|video release date|URL|19 genres as 0 or 1, in Latin-1.
void read_movielens_items(input::LineReader& lines, input::BadLines& bad_lines, Catalogue& catalogue);

}  // namespace monet::prepare
