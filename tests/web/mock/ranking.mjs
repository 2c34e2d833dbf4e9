// How the mock ranks: near enough to the model for a page to have something to show.

const dot = (a, b) => a.reduce((sum, value, at) => sum + value * b[at], 0);
const near = (a, b) => Math.exp(-Math.abs(a[0] - b[0]) * 3 - Math.abs(a[1] - b[1]));
export const similarity = {
  image: (a, b) => near(a.vector.image, b.vector.image),
  text: (a, b) => dot(a.vector.text, b.vector.text),
  fused: (a, b) => 0.5 * similarity.image(a, b) + 0.5 * similarity.text(a, b),
};
similarity.model = similarity.fused;

function score(candidate, past, beta) {
  const parts = past.map((item) => ({
    item,
    image: similarity.image(candidate, item),
    text: similarity.text(candidate, item),
  }));
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const of = ({ image, text }) => 0.5 * image + 0.5 * text;
  const weights = parts.map((part) => Math.exp(4 * of(part)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const general = (1 - beta) * (mean(parts.map(of)) + 0.1 * candidate.popularity);
  const target = beta * parts.reduce((sum, part, at) => sum + (weights[at] / total) * of(part), 0);
  const whole = general + target || 1;
  const image = mean(parts.map((part) => part.image)) / (mean(parts.map((part) => part.image + part.text)) || 1);
  return {
    score: whole,
    explanation: {
      general: { value: general, share: general / whole },
      target_oriented: { value: target, share: target / whole },
      modalities: {
        image: { value: whole * image, share: image },
        text: { value: whole * (1 - image), share: 1 - image },
      },
      because: parts
        .map((part, at) => ({ item: part.item.item, title: part.item.title, weight: weights[at] / total }))
        .sort((a, b) => b.weight - a.weight)
        .slice(0, 5),
    },
  };
}

/// The best of `items` for who has `past`, with explanations; the popular ones where there is no past.
export function ranked(items, past, { beta, k, only, seen }) {
  const skip = new Set(seen ? [] : past);
  const candidates = items.filter((item) => !skip.has(item) && (!only || only.includes(item.item)));
  const scored = candidates.map((item) => ({
    item,
    ...(past.length ? score(item, past, beta) : { score: item.popularity }),
  }));
  return scored.sort((a, b) => b.score - a.score).slice(0, k);
}
