// What docs/api.md promises and the page asks for, on a shop in memory.
import { ranked, similarity } from "./ranking.mjs";
import { orRefuse } from "./refusal.mjs";

const view = ({ vector, popularity, file, ...item }) => ({
  ...item,
  picture: file ? `/v1/items/${encodeURIComponent(item.item)}/picture` : undefined,
});
const brief = (item) => ({ ...view(item), description: undefined });
const listed = (entries) => entries.map(({ item, score }, at) => ({ rank: at + 1, ...brief(item), score }));

function pageOf(all, query, name) {
  const limit = Number(query.get("limit") ?? 20);
  const begin = query.get("after") ? all.findIndex((entry) => entry[name] === query.get("after")) + 1 : 0;
  const next = begin + limit < all.length ? all[begin + limit - 1][name] : undefined;
  return { page: all.slice(begin, begin + limit), next };
}

/// Functions of `{id, query, body}` by method and path, in which `*` stands for an id. `mock` as in server.mjs.
export function routesOf({ items, users }, mock) {
  const started = new Date().toISOString();
  const counts = { recommendations: 0, similar: 0, errors: 0, refused: 0 };
  const itemOf = (id) => orRefuse(items.get(id), 404, `no item '${id}'`);
  const userOf = (id) => users.get(id) ?? { trained: [], fresh: [] };

  function recommend({ user, history = [], k = 20, beta = mock.artifact.beta, explain = false, rules = {} }) {
    const { fresh, trained } = userOf(user);
    const past = [...new Set([...fresh, ...trained, ...history])].map((id) => items.get(id)).filter(Boolean);
    const list = ranked([...items.values()], past, { beta, k, only: rules.only, seen: rules.seen });
    const entries = listed(list);
    if (explain && past.length) {
      entries.forEach((entry, at) => (entry.explanation = mock.explain(list[at].explanation)));
    }
    counts.recommendations += 1;
    const fallback = past.length ? null : "recent";
    const artifact = mock.artifact.hash;
    const about = { user: user ?? null, history: past.length, fresh: fresh.length, fallback, artifact };
    return { ...about, milliseconds: 0.8137, items: entries };
  }

  function status() {
    const below = [0, 0.1, 0.5, 0.8, 0.95, 1, 1].map((share) => Math.round(share * counts.recommendations));
    return {
      program: "0.1.0",
      started,
      ready: mock.ready,
      artifact: mock.artifact,
      catalogue: { items: items.size, available: items.size, hidden: 0 },
      events: {
        stored: [...users.values()].reduce((sum, { fresh }) => sum + fresh.length, 0),
        users: [...users.values()].filter(({ fresh }) => fresh.length).length,
      },
      requests: counts,
      retraining: mock.retraining,
      latency: { le: [0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02], count: below, p50: 0.00092, p99: 0.0071 },
    };
  }

  function interact({ user, item }) {
    itemOf(item);
    if (!users.has(user)) users.set(user, { trained: [], fresh: [] });
    const own = users.get(user);
    own.fresh = [item, ...own.fresh.filter((id) => id !== item)];
    return { added: 1, duplicates: 0 };
  }

  function similar({ id, query }) {
    const to = itemOf(id);
    const by = query.get("by") ?? "fused";
    const others = [...items.values()].filter((item) => item !== to);
    const scored = others.map((item) => ({ item, score: similarity[by](to, item) })).sort((a, b) => b.score - a.score);
    counts.similar += 1;
    return { item: id, by, items: listed(scored.slice(0, Number(query.get("k") ?? 10))) };
  }

  function listUsers({ query }) {
    const all = [...users].map(([user, { trained, fresh }]) => ({ user, history: trained.length + fresh.length }));
    const found = all.filter(({ user }) => user.includes(query.get("search") ?? ""));
    const { page, next } = pageOf(found, query, "user");
    return { users: page, next };
  }

  function listItems({ query }) {
    const text = (query.get("search") ?? "").toLowerCase();
    const found = [...items.values()].filter(({ item, title }) => `${item} ${title}`.toLowerCase().includes(text));
    const { page, next } = pageOf(found, query, "item");
    return { items: page.map(brief), next };
  }

  function showUser({ id }) {
    const { fresh, trained } = userOf(id);
    const shown = (ids) => ids.map((item) => brief(items.get(item)));
    const before = trained.filter((item) => !fresh.includes(item));
    return { user: id, known: users.has(id), trained: shown(before), fresh: shown(fresh) };
  }

  return {
    "GET /v1/status": status,
    "POST /v1/reload": () => ({ reloads: (mock.reloads += 1) }),
    "POST /v1/recommendations": ({ body }) => recommend(body),
    "POST /v1/interactions": ({ body }) => interact(body),
    "GET /v1/users": listUsers,
    "GET /v1/users/*": showUser,
    "GET /v1/items": listItems,
    "GET /v1/items/*": ({ id }) => ({ ...view(itemOf(id)), available: true, hidden: false, recommendable: true }),
    "GET /v1/items/*/similar": similar,
    "GET /v1/items/*/picture": ({ id }) => orRefuse(itemOf(id).file, 404, `item '${id}' has no picture`),
  };
}
