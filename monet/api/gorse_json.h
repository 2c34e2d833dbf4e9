#pragma once

#include "monet/api/body.h"
#include "monet/store/event.h"
#include "monet/store/item.h"

#include <vector>

namespace monet::api {

// Gorse's objects and ours: ItemId, IsHidden, Categories, Timestamp (when it was added), Labels, and Comment, which
// shops use for the title and which is ours; UserId, Labels, Subscribe, Comment; FeedbackType (the kind), UserId,
// ItemId, Timestamp. Labels and Subscribe are kept as they are. What is wrong is Problem 400; unknown keys are passed
// over, as Gorse does.

store::Item gorse_item(const Json& json);
store::ItemPatch gorse_patch(const Json& json);
store::User gorse_user(const Json& json);
store::UserPatch gorse_user_patch(const Json& json);
/// A list of feedback. Without a Timestamp: now.
std::vector<store::Event> gorse_events(const Json& json);

Json gorse_json(const store::Item& item);
Json gorse_json(const store::User& user);
Json gorse_json(const store::Event& event);

}  // namespace monet::api
