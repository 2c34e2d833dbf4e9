// Whether the server answers, shown in the header. While it does not, it is asked until it does; then the views ask
// again.

const words = { ok: "", away: "No connection", "not-ready": "Not ready" };
const pauseMs = 2000;
let state = "ok";
let timer = 0;

/// Fires "back" once the server answers again.
export const connection = new EventTarget();

function show(next) {
  state = next;
  const place = document.getElementById("connection");
  place.dataset.state = next;
  place.textContent = words[next];
}

/// Told of every answer's status; 0 is none.
export function heard(status) {
  if (status === 0) show("away");
  else if (state === "away" && status !== 503) show("ok");
  if ((status === 0 || status === 503) && !timer) timer = setTimeout(look, pauseMs);
}

async function look() {
  timer = 0;
  let status = 0;
  try {
    ({ status } = await fetch("/readyz", { cache: "no-store" }));
  } catch {
    /* away still */
  }
  if (status === 0 || status === 503) {
    show(status === 0 ? "away" : "not-ready");
    timer = setTimeout(look, pauseMs);
    return;
  }
  show("ok");
  connection.dispatchEvent(new Event("back"));
}
