// Choosing a user.
import { at, get } from "./api.js";
import { connection } from "./connection.js";
import { el } from "./dom.js";
import { many } from "./format.js";
import { searchedList } from "./more.js";

const size = 30;
export const shopOf = (user) => `#/shop/${encodeURIComponent(user)}`;

export function usersView(root, { signal }) {
  const users = searchedList({
    label: "Search users",
    id: "user-search",
    className: "users",
    signal,
    page: async (search, after, own) => {
      const { users: entries, next } = await get(at(["users"], { search, limit: size, after }), own);
      return { entries, next };
    },
    draw: ({ user, history }) =>
      el(
        "li",
        {},
        el(
          "a",
          { href: shopOf(user) },
          el("span", { class: "name", dir: "auto" }, user),
          el("span", { class: "quiet" }, many(history, "past item")),
        ),
      ),
    entered: ({ user }) => (location.hash = shopOf(user)),
    nothing: (text) => (text ? `No user with “${text}”` : "No users yet"),
  });
  root.replaceChildren(
    el(
      "header",
      { class: "view-head" },
      el("h1", { tabindex: "-1" }, "Whose shop?"),
      el(
        "p",
        { class: "quiet" },
        "Choose a user to see what is recommended, and why. Or be ",
        el("a", { href: "#/new" }, "somebody new"),
        ".",
      ),
    ),
    users.element,
  );
  const load = () => users.load();
  connection.addEventListener("back", load, { signal });
  return load();
}
