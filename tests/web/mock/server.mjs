// Answers by docs/api.md from a shop in memory, and serves the page as `monet serve` does. It can be told to fail.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname } from "node:path";
import { Refusal, orRefuse } from "./refusal.mjs";
import { routesOf } from "./routes.mjs";

const root = new URL("../../../monet/web/", import.meta.url);
const types = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};
const titles = { 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 503: "Service Unavailable" };

/// The string literals of kContentSecurityPolicy.
async function policyOf(header) {
  const [, literals] = (await readFile(new URL(header, root), "utf8")).match(/kContentSecurityPolicy =([^]*?";)/);
  return [...literals.matchAll(/"([^"]*)"/g)].map(([, text]) => text).join("");
}
const policy = await policyOf("assets.h");

async function pageFile(path) {
  const name = path === "/" ? "index.html" : path.match(/^\/page\/([\w.]+)$/)?.[1];
  orRefuse(name, 404, `nothing at '${path}'`);
  return { type: types[extname(name)], bytes: await readFile(new URL(`page/${name}`, root)) };
}

async function bodyOf(request) {
  let text = "";
  for await (const part of request) text += part;
  return text ? JSON.parse(text) : {};
}

function send(response, status, type, bytes, headers = {}) {
  response.writeHead(status, { "Content-Type": type, ...headers }).end(bytes);
}

/// `shop` as generatedShop makes it. What a test may set: `ready`, `key`, `fail` (path, method → problem's status and
/// detail, or null), `delay` in milliseconds, `explain` (what it makes of an explanation), and members of `artifact`.
/// `requests` has what was asked.
export async function startMock(shop) {
  const artifact = {
    path: "model",
    model: "monet",
    hash: "9f2c41d0",
    opened: "2025-01-02T03:04:05Z",
    users: shop.users.size,
    items: shop.items.size,
    kind: "target_aware",
    beta: 0.3,
    takes_history: true,
    similarities: ["fused", "model", "image", "text"],
    validation: { "recall@20": 0.1123, "ndcg@20": 0.0561 },
  };
  const mock = { ready: true, key: null, fail: () => null, delay: 0, explain: (why) => why, artifact };
  Object.assign(mock, { requests: [], reloads: 0 });
  const routes = routesOf(shop, mock);

  async function answer(request) {
    const { pathname, searchParams: query } = new URL(request.url, "http://mock");
    const { method, headers } = request;
    const steps = pathname.split("/").slice(1).map(decodeURIComponent);
    const body = method === "POST" ? await bodyOf(request) : undefined;
    mock.requests.push({ method, path: pathname, key: headers.authorization });
    if (pathname === "/readyz") return orRefuse(mock.ready && {}, 503, "stopping");
    if (steps[0] !== "v1") return pageFile(pathname);
    await new Promise((resolve) => setTimeout(resolve, mock.delay));
    orRefuse(mock.ready, 503, "the store is away");
    const { authorization: key } = headers;
    orRefuse(!mock.key || key === `Bearer ${mock.key}`, 401, key ? "this key is not known" : "a key is needed");
    const told = mock.fail(pathname, method);
    if (told) throw new Refusal(...told);
    const pattern = steps.map((step, at) => (at === 2 ? "*" : step)).join("/");
    return orRefuse(routes[`${method} /${pattern}`], 404, `nothing at '${pathname}'`)({ id: steps[2], query, body });
  }

  const server = createServer(async (request, response) => {
    try {
      const found = await answer(request);
      if (found.bytes) {
        const headers = { "Content-Security-Policy": policy, "Cache-Control": "no-cache" };
        send(response, 200, found.type, found.bytes, headers);
      } else {
        send(response, 200, "application/json", JSON.stringify(found));
      }
    } catch (error) {
      if (!(error instanceof Refusal)) console.error(error);
      const { status = 500, message } = error;
      const problem = { type: "about:blank", title: titles[status] ?? "Error", status, detail: message };
      send(response, status, "application/problem+json", JSON.stringify(problem), { "Retry-After": "1" });
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  mock.address = `http://127.0.0.1:${server.address().port}`;
  mock.stop = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return mock;
}
