"""The Python scripts of scripts/features, without the models they load. Exit code 77 (skipped) without NumPy."""
import os
import pickle
import subprocess
import sys
import tempfile
import unittest

try:
    import numpy as np
except ImportError:
    print("skipped: no NumPy for", sys.executable)
    sys.exit(77)

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "scripts", "features")
sys.path.insert(0, FOLDER)
sys.dont_write_bytecode = True
import with_transformers  # noqa: E402

try:
    from PIL import Image
    import seen
except ImportError:
    Image = None


class Scripts(unittest.TestCase):
    def setUp(self):
        self.place = tempfile.TemporaryDirectory()
        self.addCleanup(self.place.cleanup)
        self.ids = self.write("i_id_mapping.csv", "asin\titemID\nB1\t1\nB0\t0\nB2\t2\n")
        self.out = os.path.join(self.place.name, "image_feat.npy")

    def write(self, name, content):
        path = os.path.join(self.place.name, name)
        with open(path, "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
        return path

    def run_script(self, name, *arguments):
        environment = dict(os.environ, PYTHONDONTWRITEBYTECODE="1")
        return subprocess.run(
            [sys.executable, os.path.join(FOLDER, name), *arguments], capture_output=True, text=True, env=environment
        )

    def maml(self, kind, path, *more):
        return self.run_script("maml.py", kind, path, "--ids", self.ids, "--out", self.out, *more)

    def test_images_by_id(self):
        images = {"B0": np.arange(3, dtype=np.float32), b"B1": np.ones(3), "other": [0.0, 1.0, 2.0]}
        for protocol in (0, 2, 4):
            done = self.maml("--images", self.write("images.pickle", pickle.dumps(images, protocol)), "--force")
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            rows = np.load(self.out)
            self.assertEqual((rows.dtype, rows.shape), (np.float32, (3, 3)))
            np.testing.assert_array_equal(rows[:2], [[0, 1, 2], [1, 1, 1]])
            self.assertTrue(np.isnan(rows[2]).all())
        self.assertIn("3 items, 3 wide, 1 without features", done.stdout)

    def test_an_older_file_is_kept(self):
        self.write("image_feat.npy", "old")
        done = self.maml("--images", self.write("images.pickle", pickle.dumps({"B0": np.ones(2)})))
        self.assertEqual(done.returncode, 1)
        self.assertIn("--force", done.stderr)

    def test_a_pickle_that_would_run_code_is_refused(self):
        class Evil:
            def __reduce__(self):
                return os.mkdir, (os.path.join(self.path, "ran"),)

        evil = Evil()
        evil.path = self.place.name
        for content in (pickle.dumps({"B0": evil}), pickle.dumps([1]), pickle.dumps({"B0": np.array(["x"])}), b"\x80junk"):
            done = self.maml("--images", self.write("images.pickle", content))
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        self.assertFalse(os.path.exists(os.path.join(self.place.name, "ran")))
        self.assertFalse(os.path.exists(self.out))

    def test_texts_in_the_format_of_word2vec(self):
        done = self.maml("--texts", self.write("doc2vec.txt", "2 2\nB2 1.5 -2\nB0 0 1e-1\n"))
        self.assertEqual(done.returncode, 0, done.stderr)
        np.testing.assert_allclose(np.load(self.out)[[0, 2]], [[0, 0.1], [1.5, -2]])

    def test_wrong_rows_are_refused(self):
        self.ids = self.write("i_id_mapping.csv", "asin\titemID\nB1\t1\nB0\t3\n")
        done = self.maml("--images", self.write("images.pickle", pickle.dumps({"B0": np.ones(2)})))
        self.assertEqual(done.returncode, 1)
        self.assertIn("each once", done.stderr)

    def test_help_and_usage(self):
        for script in ("maml.py", "with_transformers.py"):
            self.assertEqual(self.run_script(script, "--help").returncode, 0)
            self.assertEqual(self.run_script(script).returncode, 2)
        self.assertEqual(
            self.run_script("with_transformers.py", "image", "--data", "x", "--model", "y").returncode, 2
        )

    def test_what_is_encoded(self):
        self.write("items.csv", 'id,title,categories,image\nB0,"Red, shoe",Shoes|Sport,\nB1,,,http://x/y/a.png\n')
        self.write("a.png", "")
        self.write("B2.jpg", "")
        options = with_transformers.arguments(
            ["text", "--data", self.place.name, "--model", "m", "--image-dir", self.place.name]
        )
        items = with_transformers.read_items(os.path.join(self.place.name, "items.csv"))
        ids = with_transformers.read_ids(self.ids)
        self.assertEqual(ids, ["B0", "B1", "B2"])
        self.assertEqual(with_transformers.inputs_of(options, ids, items), {"B0": "Red, shoe. Shoes, Sport"})
        options.modality = "image"
        found = with_transformers.inputs_of(options, ids, items)
        self.assertEqual({k: os.path.basename(v) for k, v in found.items()}, {"B1": "a.png", "B2": "B2.jpg"})

    @unittest.skipIf(Image is None, "no Pillow here")
    def test_pictures_as_a_browser_shows_them(self):
        names = """rgb.png rgb_16.png rgba.png rgba_16.png grey_1.png grey_8.png grey_16.png grey_alpha.png palette_4_faded.png
            rgb_key.png profile_p3.png profile_p3_rgba.png profile_adobe.png profile_broken.png profile_grey_in_rgb.png
            exif_6.png plain.jpg grey.jpg cmyk_adobe.jpg cmyk_bare.jpg ycck_adobe.jpg profile_p3.jpg profile_grey.jpg
            exif_3.jpg exif_6_big.jpg exif_8_grey.jpg clear.webp exif_6.webp profile_p3_clear.webp animated.webp""".split()
        folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "pictures_seen")
        with open(os.path.join(folder, "references.txt"), encoding="ascii") as file:
            lines = {line.split()[0]: line.split()[1:] for line in file}
        for name in names:
            width, height, pixels = lines[name]
            want = np.frombuffer(bytes.fromhex(pixels), np.uint8).reshape(int(height), int(width), 3)
            with Image.open(os.path.join(folder, "files", name)) as picture:
                got = np.asarray(seen.as_seen(picture))
            self.assertEqual(got.shape, want.shape, name)
            self.assertLessEqual(np.abs(got.astype(int) - want).max(), 2, name)

    def test_a_dataset_without_the_model_is_one_line(self):
        self.write("items.csv", "id,title\nB0,Shoe\n")
        done = self.run_script("with_transformers.py", "text", "--data", self.place.name, "--model", "/none")
        self.assertEqual(done.returncode, 1)
        self.assertIn("sentence-transformers" if "cannot be loaded" in done.stderr else "none", done.stderr)


if __name__ == "__main__":
    unittest.main()
