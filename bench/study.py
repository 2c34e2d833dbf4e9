"""What the studies share: the program as they run it."""
import atexit
import json
import subprocess
import sys
import urllib.request


def ids(file):
    """External ids of an artifact's users.tsv or items.tsv."""
    return [line.split("\t")[0] for line in file.read_text().splitlines()[1:]]


def run(command):
    """Standard output and standard error; ends with what the program said where it fails."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))[:300]}: {done.stderr.strip()[:2000]}")
    return done.stdout, done.stderr


def lists_of(monet, artifact, users, k, more=()):
    """The lists of `monet recommend`: {user: [item]}."""
    out, _ = run([monet, "recommend", "--artifact", artifact, "--users", ",".join(users), "--k", k, "--format", "jsonl",
                  "--threads", 1, *more])
    answers = [json.loads(line) for line in out.splitlines()]
    return {answer["user"]: [item["item"] for item in answer["items"]] for answer in answers}


class Server:
    """`monet serve` on any free port, with one thread that ranks; ends with the block, or with the study."""

    def __init__(self, monet, artifact, store, log=None, options=()):
        self.process = subprocess.Popen([monet, "serve", "--artifact", str(artifact), "--store", str(store), "--port", "0",
                                         "--threads", "1", *map(str, options)], stdout=subprocess.PIPE, stderr=log, text=True)
        atexit.register(self.stop)
        self.address = self.process.stdout.readline().strip()
        if not self.address:
            sys.exit("monet serve does not serve")
        self.port = int(self.address.rsplit(":", 1)[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def ask(self, path, body, method="POST"):
        return self.send(path, json.dumps(body).encode(), "application/json", method)

    def send(self, path, data, content_type, method):
        request = urllib.request.Request(self.address + path, data, {"Content-Type": content_type}, method=method)
        with urllib.request.urlopen(request) as answer:
            return json.loads(answer.read())

    def lists(self, asks, at_a_time):
        """The items of each answer, in the order of `asks`."""
        result = []
        for begin in range(0, len(asks), at_a_time):
            answers = self.ask("/v1/recommendations:batch", {"requests": asks[begin:begin + at_a_time]})["answers"]
            result += [[item["item"] for item in answer["items"]] for answer in answers]
        return result

    def stop(self):
        """Its exit code."""
        if self.process.poll() is None:
            self.process.terminate()
        return self.process.wait()
