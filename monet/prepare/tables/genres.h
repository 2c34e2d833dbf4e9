#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace monet::prepare {

/// MovieLens 100K marks 19 genres by columns of 0 and 1, in this order.
inline constexpr std::string_view kMovieGenres[] = {"unknown",   "Action",   "Adventure",   "Animation", "Children's",
                                                    "Comedy",    "Crime",    "Documentary", "Drama",     "Fantasy",
                                                    "Film-Noir", "Horror",   "Musical",     "Mystery",   "Romance",
                                                    "Sci-Fi",    "Thriller", "War",         "Western"};

/// The columns of a header that are called so, when there are five or more.
std::vector<std::size_t> genre_columns(const std::vector<std::string>& header);

}  // namespace monet::prepare
