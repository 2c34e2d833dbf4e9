// Numbers, times and names as people read them.

const price = new Intl.NumberFormat("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

export const priceText = (value) => price.format(value);
export const count = (value) => whole.format(value);
export const percent = (share) => `${Math.round(100 * share)} %`;
export const nameOf = (item) => item.title || item.item;

/// "1 item", "3 items".
export const many = (number, noun) => `${count(number)} ${noun}${number === 1 ? "" : "s"}`;

/// Milliseconds with two figures where they are few: 0.85 ms, 12 ms.
export const ms = (value) => `${value < 10 ? Number(value.toPrecision(2)) : Math.round(value)} ms`;

/// A metric, or any number of a status: 0.1123, 1,200.
export function number(value) {
  if (typeof value !== "number") return String(value);
  if (Number.isInteger(value)) return count(value);
  return Math.abs(value) < 1 ? String(Number(value.toPrecision(4))) : String(Number(value.toFixed(3)));
}

/// "3 min ago" of an ISO time, with the time itself as title for who wants it.
export function ago(time, now = Date.now()) {
  const away = Math.round((now - Date.parse(time)) / 1000);
  if (Number.isNaN(away)) return String(time);
  const ahead = away < -5; // clocks differ a little
  const seconds = ahead ? -away : Math.max(0, away);
  let text = many(Math.floor(seconds / 86400), "day");
  if (seconds < 86400) text = `${Math.floor(seconds / 3600)} h`;
  if (seconds < 3600) text = `${Math.floor(seconds / 60)} min`;
  if (seconds < 60) text = `${seconds} s`;
  return ahead ? `in ${text}` : `${text} ago`;
}
