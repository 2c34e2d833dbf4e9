"""Writes references.txt: how headless Chromium shows the pictures in files/, on white, in sRGB.

usage: make_references.py      after make_pictures.py, or with another version of Chromium
One line for each picture: its name, width and height (0 0 where the browser shows nothing), then rrggbb of every pixel.
"""
import base64
import json
import os
import re
import subprocess
import sys
import tempfile

FOLDER = os.path.dirname(os.path.abspath(__file__))
FILES = os.path.join(FOLDER, "files")
KINDS = {".png": "png", ".jpg": "jpeg", ".webp": "webp"}
PAGE = """<!DOCTYPE html><pre id="out"></pre><script>
const pictures = %s;
function look(name, picture) {
  if (!picture.complete || picture.naturalWidth == 0) return `${name} 0 0`;
  const canvas = document.createElement("canvas");
  canvas.width = picture.naturalWidth;
  canvas.height = picture.naturalHeight;
  const context = canvas.getContext("2d", {colorSpace: "srgb", willReadFrequently: true});
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(picture, 0, 0);
  const data = context.getImageData(0, 0, canvas.width, canvas.height).data;
  let line = `${name} ${canvas.width} ${canvas.height} `;
  for (let k = 0; k < data.length; ++k) if (k %% 4 != 3) line += data[k].toString(16).padStart(2, "0");
  return line;
}
const images = pictures.map(([name, url]) => {
  const picture = new Image();
  picture.src = url;
  return document.body.appendChild(picture);
});
addEventListener("load", () => {  // waits for all of them
  const lines = pictures.map(([name, url], k) => look(name, images[k]));
  document.getElementById("out").textContent = lines.join("\\n") + "\\nend\\n";
});
</script>"""


def main():
    names = sorted(os.listdir(FILES))
    pictures = []
    for name in names:
        with open(os.path.join(FILES, name), "rb") as file:
            kind = KINDS[os.path.splitext(name)[1]]
            pictures.append((name, f"data:image/{kind};base64," + base64.b64encode(file.read()).decode()))
    with tempfile.TemporaryDirectory() as place:
        page = os.path.join(place, "page.html")
        with open(page, "w") as file:
            file.write(PAGE % json.dumps(pictures))
        command = ["chromium-headless-shell", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--dump-dom"]
        command += ["--force-color-profile=srgb", "--virtual-time-budget=60000", f"--user-data-dir={place}/user"]
        done = subprocess.run([*command, page], capture_output=True, text=True, timeout=300)
    found = re.search(r'<pre id="out">(.*?)end\n</pre>', done.stdout, re.DOTALL)
    if not found or found[1].count("\n") != len(names):
        sys.exit("the browser did not finish: " + done.stderr[-500:])
    with open(os.path.join(FOLDER, "references.txt"), "w") as file:
        file.write(found[1])
    print(f"{len(names)} pictures")


if __name__ == "__main__":
    main()
