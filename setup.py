"""Builds the Python package with the project's CMake: the extension module, and the program beside it.

Environment: MONET_PYTHON_BUILD names a build folder to use (default: build/python); its own options stay. MONET_BUILD_JOBS
is how many files are compiled at a time (default: the processors).
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

ROOT = Path(__file__).resolve().parent


class CMakeBuild(build_ext):
    def build_extension(self, ext):
        folder = ROOT / os.environ.get("MONET_PYTHON_BUILD", "build/python")
        cmake = shutil.which("cmake")
        if cmake is None:
            raise SystemExit("error: cmake is needed; run scripts/install-deps.sh build python")
        configure = [cmake, "-S", ROOT, "-B", folder, "-DMONET_BUILD_PYTHON=ON"]
        if "MONET_PYTHON_BUILD" not in os.environ:
            configure += [f"-DPython3_EXECUTABLE={sys.executable}"]
        if not (folder / "CMakeCache.txt").exists():
            configure += ["-DCMAKE_BUILD_TYPE=Release", "-DMONET_BUILD_TESTS=OFF", "-DMONET_BUILD_BENCH=OFF"]
            configure += ["-G", "Ninja"] if shutil.which("ninja") else []
        jobs = os.environ.get("MONET_BUILD_JOBS", str(os.cpu_count() or 1))
        subprocess.run(configure, check=True)
        subprocess.run([cmake, "--build", folder, "--target", "monet_python", "-j", jobs], check=True)
        # Where the package is being put together: the folder that holds monet/.
        target = Path(self.get_ext_fullpath(ext.name)).resolve().parent.parent
        subprocess.run([cmake, "--install", folder, "--component", "python", "--prefix", target], check=True)


def version():
    text = (ROOT / "CMakeLists.txt").read_text(encoding="utf-8")
    return re.search(r"project\(monet VERSION ([0-9.]+)", text).group(1)


setup(
    version=version(),
    packages=["monet"],
    package_dir={"monet": "python/monet"},
    package_data={"monet": ["py.typed", "*.pyi"]},
    ext_modules=[Extension("monet._engine", sources=[])],
    cmdclass={"build_ext": CMakeBuild},
    zip_safe=False,
)
