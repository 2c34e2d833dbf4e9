#pragma once

#include "monet/prepare/interaction_log.h"
#include "monet/prepare/items/catalogue.h"
#include "monet/prepare/streams/bad_lines.h"

namespace monet::prepare {

/// `ratings.dat` of MovieLens 1M and 10M: user::item::rating::timestamp.
void read_movielens_ratings(LineReader& lines, BadLines& bad_lines, InteractionLog& log);
/// `movies.dat`: item::title::genre|genre.
void read_movielens_movies(LineReader& lines, BadLines& bad_lines, Catalogue& catalogue);
/// `u.item` of MovieLens 100K: item|title|release date|video release date|URL|19 genres as 0 or 1, in Latin-1.
void read_movielens_items(LineReader& lines, BadLines& bad_lines, Catalogue& catalogue);

}  // namespace monet::prepare
