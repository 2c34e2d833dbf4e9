// Starts the page: shows the view that the address names, and another one when it changes.
import { at, get } from "./api.js";
import { connection } from "./connection.js";
import { button, el } from "./dom.js";
import { forgetKey, hasKey } from "./key.js";
import { newUserView } from "./new_user.js";
import { operatorView } from "./operator.js";
import { shopView } from "./shop.js";
import { failed, isAbort } from "./states.js";
import { usersView } from "./users.js";

const root = document.getElementById("main");
let artifact;
let answering = null; // the hash in the last answer
let current = new AbortController();

/// What can be set and shown depends on the artifact. A key that may not see the status still has its shop.
async function learnArtifact(signal) {
  try {
    ({ artifact } = await get(at(["status"]), signal));
  } catch (error) {
    if (error.status !== 403) throw error;
    artifact = null;
  }
}

/// `hash` answered: where another artifact was put in place of the known one, the view is drawn for that.
async function servedBy({ artifact: hash }) {
  if (!artifact || hash === answering) return;
  const before = artifact.hash;
  answering = hash;
  try {
    await learnArtifact(current.signal);
  } catch {
    return; // the next view asks again
  }
  if (artifact?.hash !== before) show(false);
}

/// What stands for a user in the address; taken as it is where it is no encoding of anything.
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function viewOf(hash) {
  const [, name, ...rest] = hash.split("/");
  if (name === "new") return { name, title: "Somebody new", view: newUserView };
  if (name === "operator") return { name, title: "Operator", view: operatorView };
  const user = name === "shop" ? decoded(rest.join("/")) : "";
  return user ? { name: "shop", title: user, view: shopView, user } : { name: "shop", title: "Users", view: usersView };
}

function showNavigation(name) {
  for (const link of document.querySelectorAll("nav a")) {
    if (link.hash === `#/${name}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  document.getElementById("forget-key").hidden = !hasKey();
}

async function show(focus) {
  current.abort();
  current = new AbortController();
  const { signal } = current;
  const { name, title, view, user } = viewOf(location.hash);
  document.title = `${title} · monet`;
  for (const dialog of document.querySelectorAll("dialog.panel")) dialog.close();
  showNavigation(name);
  try {
    if (artifact === undefined && view !== operatorView) await learnArtifact(signal);
    if (signal.aborted) return;
    const done = view(root, { user, artifact, signal, servedBy, reloadedArtifact: () => (artifact = undefined) });
    if (focus) {
      scrollTo(0, 0);
      root.querySelector("h1")?.focus({ preventScroll: true });
    }
    await done;
  } catch (error) {
    if (isAbort(error)) return;
    root.replaceChildren(
      el("h1", { class: "spoken", tabindex: "-1" }, title),
      failed(error, () => show(true)),
    );
    connection.addEventListener("back", () => show(true), { signal, once: true });
  }
  showNavigation(name);
}

document.getElementById("key-place").append(
  button("Forget the key", {
    id: "forget-key",
    class: "link",
    hidden: true,
    onclick: () => {
      forgetKey();
      location.reload();
    },
  }),
);
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  (root.querySelector("h1") ?? root).focus();
});
addEventListener("hashchange", () => show(true));
show(false);
