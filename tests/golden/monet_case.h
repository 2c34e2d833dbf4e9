#pragma once

#include "monet/models/monet.h"

#include <nlohmann/json.hpp>

#include <string>

namespace monet::golden {

/// What a parameter of MONET's published code is called here; "?" for one that is not known.
inline std::string our_monet_name(const std::string& reference) {
  const auto part = [&](const std::string& from) { return reference.starts_with(from); };
  for (const std::string m : {"image", "text"}) {
    if (part("megcn." + m + "_preference")) return "user_preference." + m;
    if (part("megcn." + m + "_trs.")) return "projection." + m + reference.substr(reference.rfind('.'));
  }
  if (part("megcn.user_embedding")) return "cf.user";
  if (part("megcn.item_embedding")) return "cf.item";
  if (part("megcn.modal_weight")) return "fusion.weight";
  if (part("megcn.transform.")) return "fusion.fc" + reference.substr(reference.rfind('.'));
  return "?";
}

/// The options of a case, from its hyper-parameters.
inline models::Monet::Options monet_options(const nlohmann::json& h) {
  models::Monet::Options o;
  o.dim = h.at("embedding_width");
  o.layers = h.at("layers");
  o.alpha = h.at("alpha");
  o.beta = h.at("beta");
  o.weight_decay = h.at("reg");
  o.normalize_features = h.at("has_norm");
  o.target_aware = h.at("target_aware");
  if (h.at("lightgcn").get<bool>()) o.encoder = models::Monet::Encoder::lightgcn;
  const std::string fusion = h.at("agg");
  o.fusion = fusion == "concat" ? models::Monet::Fusion::concat
             : fusion == "sum"  ? models::Monet::Fusion::sum
             : fusion == "fc"   ? models::Monet::Fusion::fc
                                : models::Monet::Fusion::weighted_sum;
  if (h.at("cf").get<bool>()) {
    o.collaborative =
        h.at("cf_gcn") == "MeGCN" ? models::Monet::Collaborative::megcn : models::Monet::Collaborative::lightgcn;
  }
  return o;
}

}  // namespace monet::golden
