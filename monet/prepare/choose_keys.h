#pragma once

#include "monet/prepare/options.h"
#include "monet/prepare/reading_style.h"
#include "monet/prepare/survey.h"

#include <functional>
#include <string>
#include <vector>

namespace monet::prepare {

/// Where the values of a role lie: a column, or a top-level key and the keys below it.
struct KeyPlace {
  std::string root;  // empty: nowhere
  std::string below;

  std::string name() const { return below.empty() ? root : root + "." + below; }
};

/// Which keys of a file say what, and how their texts are to be understood; one choice for the whole file.
struct KeyChoice {
  KeyPlace user;
  KeyPlace item;
  KeyPlace rating;
  KeyPlace time;
  KeyPlace event;  // the kinds of interactions
  ReadingStyle style;
  std::vector<std::string> notes;  // what was chosen where there was a choice, and what was left out
};

/// What to choose from.
struct KeyQuestion {
  const Survey& survey;
  std::string file;                      // for messages
  bool is_table;                         // else records, whose keys may lie in objects and lists
  InteractionColumns named;              // by the options
  InteractionColumns usual = {};         // where columns have no names, or the format says
  std::vector<EventWeight> events = {};  // kinds of interactions that are asked for
  bool in_seconds = false;               // times are: they were prepared before, and do not say it by their size
};

/// Chooses by names, and by what the sample holds under them.
/// - A named key is taken, or refused; under an object it is the `id` in it.
/// - Else the first of the field's names that at least nine tenths of the records hold which hold any; failing that the
///   one which most do. A session is a user only where nothing else is.
/// - A rating or time that was guessed is left out with a note when less than half of its values can be read.
/// - No key has two roles. `none` for a rating or time means that there is none.
/// - The kinds of interactions are sought by name; with `events` they must be there, without only where the values look
///   like kinds.
/// Throws DataError: a named key that is not there, one named for two roles, objects without an id; for records also
/// no user or item. For tables those stay empty.
KeyChoice choose_keys(const KeyQuestion& question);

/// The key of item ids in a catalogue: the one that is named, else that whose values are most often ids of the
/// interactions (`knows`); of several alike the one that is called as there (`called`). Empty root: none is recognised.
/// Adds to `notes` where there was a choice.
KeyPlace choose_item_key(const Survey& survey, const std::string& file, const std::string& named,
                         const std::function<bool(std::string_view)>& knows, bool is_table,
                         std::vector<std::string>& notes, const std::string& called = {});

}  // namespace monet::prepare
