// A small generated shop, the same each time: items of eight kinds, users who like two of them.

const kinds = ["Mugs", "Lamps", "Backpacks", "Cushions", "Notebooks", "Kettles", "Scarves", "Clocks"];
const looks = [
  "blue",
  "red",
  "green",
  "plain",
  "striped",
  "dotted",
  "tall",
  "round",
  "small",
  "woven",
  "quiet",
  "bright",
];
const hostile = "<img src=x onerror=\"document.title='broken'\"><script>document.title='broken'</script>";
const numItems = 120;
const numUsers = 45;

/// Numbers in (0, 1), the same each time (the multiplicative generator MINSTD).
function random() {
  let state = 20;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

/// A drawn picture of an item, as SVG.
function drawing(kind, look) {
  const hue = (kind * 45 + look * 7) % 360;
  const fill = (saturation, lightness) => `fill="hsl(${hue} ${saturation}% ${lightness}%)"`;
  const thing = `x="${20 + look}" y="${30 + kind * 2}" width="${40 - look}" height="45" rx="${2 + look * 2}"`;
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 80 100"><rect width="80" height="100" ${fill(30, 90)}/>` +
      `<rect ${thing} ${fill(45, 40 + look * 2)}/></svg>`,
  );
}

/// `{items, users}`, both Maps by id. A vector has what an item looks like (image) and is (text).
export function generatedShop() {
  const next = random();
  const items = new Map();
  for (let i = 0; i < numItems; ++i) {
    const kind = i % kinds.length;
    const look = Math.floor(next() * looks.length);
    const id = `p${i + 1}`;
    items.set(id, {
      item: id,
      title: `${kinds[kind].slice(0, -1)} no. ${i + 1}, ${looks[look]}`,
      description: `One of our ${kinds[kind].toLowerCase()}, ${looks[look]}.`,
      categories: ["Home", kinds[kind]],
      price: i % 9 === 4 ? undefined : Math.round(500 + next() * 4000) / 100,
      file: i % 5 === 3 ? null : { type: "image/svg+xml", bytes: drawing(kind, look) },
      vector: { image: [look / looks.length, kind % 3], text: kinds.map((_, k) => (k === kind ? 1 : 0)) },
      popularity: next(),
    });
  }
  Object.assign(items.get("p1"), { title: hostile, popularity: 2 });
  const users = new Map();
  for (let u = 0; u < numUsers; ++u) {
    const likes = [u % kinds.length, (u + 3) % kinds.length];
    const trained = [...items.values()]
      .filter(({ vector }) => likes.some((kind) => vector.text[kind]))
      .filter(() => next() < 0.35);
    users.set(`user-${u + 1}`, { trained: trained.map(({ item }) => item), fresh: [] });
  }
  users.set("a/b c&d", { trained: ["p1", "p2"], fresh: [] });
  return { items, users };
}
