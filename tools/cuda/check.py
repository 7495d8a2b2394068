"""The check of a device, by a Journey that pack.sh packed: see check.sh.

Every stage has a time of its own and may fail without the others. check.json holds what each found,
written after every stage; check.log what each said.
"""
import argparse
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

SMALL = {
    "model": {
        "block_out_channels": [64, 128],
        "down_block_types": ["DownBlock2D", "AttnDownBlock2D"],
        "up_block_types": ["AttnUpBlock2D", "UpBlock2D"],
        "layers_per_block": 1,
        "norm_num_groups": 32,
        "attention_head_dim": None,
    },
    "training": {"steps": 120, "batchSize": 64, "microBatchSize": 16, "emaDecay": 0.99},
}
TESTS = {
    "diffusion": [
        "model.UNet2DGoldenTest",
        "nn.LayerGoldenTest",
        "nn.LayerRulesTest",
        "nn.LayerSidesTest",
        "model.UNet2DConditionGoldenTest",
        "model.TorchScriptDenoiserTest",
        "model.LoraGoldenTest",
        "latent.AutoencoderGoldenTest",
        "text.ClipTextGoldenTest",
        "text.LoraOfTextTest",
        "encoding.EncodingTest",
        "training.AdamTest",
        "training.MicroBatchTest",
        "training.CaptionedBatchesTest",
        "training.LoraTrainingTest",
        "sampling.PipelineGoldenTest",
        "sampling.SamplerTest",
        "sampling.CaptionSamplingTest",
        "embedding.ClassifierTest",
        "embedding.ClipClassifierTest",
    ],
    "attribution": [
        "features.CudaTest",
        "gradient.ExampleGradientsTest",
        "projection.ProjectionTest",
        "preconditioner.EkfacTest",
        "gradient.CaptionGradientsTest",
        "gradient.TorchScriptGradientsTest",
        "gradient.LoraGradientsTest",
        "features.EkfacFeaturesTest",
        "score.LeaveOneOutTest",
    ],
}


class Check:
    def __init__(self, options):
        import torch

        self.options = options
        self.home = Path(options.journey).resolve()
        self.device = options.device
        self.gpu = self.device != "cpu"
        self.quick = options.quick
        self.out = Path(options.out)
        self.out.mkdir(parents=True, exist_ok=True)
        self.work = Path(options.work or self.home.parent / "work")
        self.work.mkdir(parents=True, exist_ok=True)
        self.torch = Path(torch.__file__).resolve().parent / "lib"
        self.lock = threading.Lock()
        self.began = time.time()
        self.log = open(self.out / "check.log", "w", encoding="utf-8")
        self.found = {
            "device": self.device,
            "python_torch": torch.__version__,
            "cuda": torch.version.cuda,
            "cudnn": torch.backends.cudnn.version() if self.gpu else None,
            "card": torch.cuda.get_device_name(0) if self.gpu and torch.cuda.is_available() else None,
            "stages": {},
        }

    def java(self, main, *arguments, tests=False):
        paths = [str(self.home / "app" / "*")]
        options = []
        if tests:
            paths += [str(self.home / "tests" / m) for m in ("base", "dataset", "results", "diffusion", "attribution")]
            paths.append(str(self.home / "tests" / "*"))
            options.append(f"-Djourney.test.device={self.device}")
        return [
            str(self.home / "jre" / "bin" / "java"),
            "-XX:+UseSerialGC",
            "-Xmx8g" if self.gpu else "-Xmx3g",
            "-Dorg.bytedeco.javacpp.pathsFirst=true",
            f"-Djava.library.path={self.torch}",
            f"-Djourney.torch={self.torch}",
            "-Dorg.bytedeco.javacpp.maxphysicalbytes=0",
            f"-Dorg.bytedeco.javacpp.cachedir={self.work / 'javacpp'}",
            "-Djava.awt.headless=true",
            f"-Djourney.home={Path(self.options.repository).resolve()}",
            *options,
            "-cp",
            ":".join(paths),
            main,
            *map(str, arguments),
        ]

    def journey(self, *arguments):
        return self.java("io.journey.cli.Main", *arguments, "--device", self.device)

    def environment(self):
        environment = dict(os.environ)
        environment.update(
            OMP_NUM_THREADS="1",
            OPENBLAS_NUM_THREADS="1",
            CUBLAS_WORKSPACE_CONFIG=":4096:8",
            MALLOC_ARENA_MAX="4",
        )
        # What the libraries of Python's CUDA load by name alone.
        packages = self.torch.parent.parent / "nvidia"
        folders = [str(p) for p in sorted(packages.glob("*/lib"))] if self.gpu else []
        if folders:
            environment["LD_LIBRARY_PATH"] = ":".join(
                [*folders, *filter(None, [environment.get("LD_LIBRARY_PATH")])]
            )
        return environment

    def say(self, text):
        with self.lock:
            self.log.write(text + "\n")
            self.log.flush()
            print(text[-6000:], flush=True)

    def run(self, name, command, seconds, kill_after=None, folder=None):
        """Runs a command and returns (status, output); kill_after(process) may end it."""
        begun = time.time()
        try:
            process = subprocess.Popen(
                [str(part) for part in command],
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env=self.environment(),
                cwd=folder or self.work,
                text=True,
                errors="replace",
                start_new_session=True,
            )
        except OSError as e:
            self.say(f"== {name}: {e}")
            return 127, str(e), 0.0
        seconds *= 1 if self.gpu else 6
        killer = threading.Timer(seconds, lambda: os.killpg(process.pid, signal.SIGKILL))
        killer.start()
        if kill_after:
            threading.Thread(target=kill_after, args=(process,), daemon=True).start()
        output, _ = process.communicate()
        killer.cancel()
        took = time.time() - begun
        self.say(f"== {name}: status {process.returncode} after {took:.1f} s\n{output}")
        return process.returncode, output, took

    def stage(self, name, body):
        begun = time.time()
        try:
            found = body()
        except Exception as e:  # The other stages go on.
            found = {"error": f"{type(e).__name__}: {e}"}
            self.say(f"== {name}: {found['error']}")
        found["seconds"] = round(time.time() - begun, 1)
        with self.lock:
            self.found["stages"][name] = found
            self.found["seconds"] = round(time.time() - self.began, 1)
            (self.out / "check.json").write_text(json.dumps(self.found, indent=1) + "\n")

    # ---- what is checked

    def data(self):
        """Smooth pictures by chance in the format of CIFAR-10."""
        folder = self.work / "cifar-10-batches-bin"
        folder.mkdir(exist_ok=True)
        chance = random.Random(1)
        count = 64 if self.quick else 1024
        for name in [f"data_batch_{i}.bin" for i in range(1, 6)] + ["test_batch.bin"]:
            rows = bytearray()
            for _ in range(count // 8 if name != "data_batch_1.bin" else count):
                rows.append(chance.randrange(10))
                for _ in range(3):
                    a, b, c = chance.random(), chance.random(), chance.random()
                    rows += bytes(
                        int(255 * (a * x / 31 + b * y / 31 + c * ((x * y) % 7) / 6) / 3)
                        for y in range(32)
                        for x in range(32)
                    )
            (folder / name).write_bytes(bytes(rows))
        (folder / "batches.meta.txt").write_text("\n".join("abcdefghij") + "\n")
        (self.work / "small.json").write_text(json.dumps(self.small()))
        return {"images": count}

    def small(self):
        config = json.loads(json.dumps(SMALL))
        if self.quick:
            config["model"].update(block_out_channels=[32, 32], norm_num_groups=8)
            config["training"].update(steps=8, batchSize=16, microBatchSize=8)
        return config

    def few(self):
        return 24 if self.quick else 256

    def spec(self, limit=None):
        return f"{self.work / 'cifar-10-batches-bin'}" + (f"?limit={limit}" if limit else "")

    def probe(self):
        found = {}
        if self.gpu:
            _, found["nvidia_smi"], _ = self.run(
                "nvidia-smi",
                ["nvidia-smi", "--query-gpu=name,driver_version,memory.total", "--format=csv,noheader"],
                20,
            )
        status, output, _ = self.train("probe", 120, "--training-steps", 2)
        found["status"] = status
        manifest = self.work / "probe" / "manifest.json"
        if manifest.exists():
            found["record"] = json.loads(manifest.read_text()).get("device", "the processor")
            timing = json.loads((self.work / "probe" / "timing.json").read_text())
            found["versions"] = timing["versions"]
        else:
            found["output"] = output[-2000:]
            self.run(
                "what is there",
                [
                    "sh", "-c",
                    'ldd --version | head -n 1; ls -l "$1" "$1"/../../nvidia/*/lib; ldd "$1"/libtorch_cuda.so;'
                    ' cat hs_err* | head -n 60; env | grep -i -E "cuda|ld_"', "sh", self.torch,
                ],
                20,
            )
        return found

    def train(self, name, seconds, *more, kill_after=None):
        command = self.journey(
            "train", "--data", self.spec(self.few()), "--out", self.work / name, "--config", self.work / "small.json",
            "--count", 2, "--seed", 3, "--threads", 2, *more,
        )
        return self.run(f"train {name}", command, seconds, kill_after)

    def hashes(self, name):
        manifest = json.loads((self.work / name / "manifest.json").read_text())
        return {n: f["sha256"] for n, f in manifest["files"].items()} | manifest.get("parts", {})

    def same(self, *names):
        first, *others = [self.hashes(n) for n in names]
        differing = sorted({n for o in others for n in first.keys() | o.keys() if first.get(n) != o.get(n)})
        return {"files": len(first), "differing": differing, "same_bytes": not differing}

    def when(self, exists):
        """Kills a process a moment after a file has come to be."""

        def kill(process):
            while process.poll() is None:
                if exists():
                    time.sleep(0.4)
                    os.killpg(process.pid, signal.SIGKILL)
                    self.say("killed")
                    return
                time.sleep(0.02)

        return kill

    def training(self):
        """Twice, and killed in the midst and continued."""
        with ThreadPoolExecutor(3) as pool:
            pair = [pool.submit(self.train, n, 100) for n in ("once", "twice")]
            found = pool.submit(self.killed_training)
            done = found.result()
            [p.result() for p in pair]
        return done | self.same("once", "twice", "killed")

    def killed_training(self):
        folder = self.work / "killed"
        saved = lambda: any(folder.rglob("*resume*"))
        status, _, _ = self.train("killed", 60, "--save-interval", 0, kill_after=self.when(saved))
        unfinished = not (folder / "manifest.json").exists()
        refused = None
        if self.gpu and unfinished:
            command = self.java(
                "io.journey.cli.Main", "train", "--data", self.spec(self.few()), "--out", folder,
                "--config", self.work / "small.json", "--count", 2, "--seed", 3,
            )
            refused = self.run("continue on the processor", command, 30)[1][-400:]
        self.train("killed", 60)
        return {"killed_status": status, "killed_unfinished": unfinished, "on_the_processor": refused}

    def features(self, name, preconditioner, seconds, *more, kill_after=None):
        command = self.journey(
            "featurize", "--checkpoints", self.work / "once", "--data", self.spec(self.few()),
            "--out", self.work / name, "--projection", "sparse:4096", "--preconditioner", preconditioner,
            "--draws", 2 if self.quick else 4, "--dtype", "f32", "--threads", 2, *more,
        )
        return self.run(f"featurize {name}", command, seconds, kill_after)

    def featurizing(self):
        """Twice with EK-FAC, and killed in the midst and continued."""

        def killed():
            folder = self.work / "features-killed"
            some = lambda: any(folder.rglob("*.safetensors")) or any(folder.rglob("shard*"))
            status, _, _ = self.features("features-killed", "ekfac:0.003", 60, kill_after=self.when(some))
            unfinished = not (folder / "manifest.json").exists()
            self.features("features-killed", "ekfac:0.003", 60)
            return {"killed_status": status, "killed_unfinished": unfinished}

        with ThreadPoolExecutor(3) as pool:
            pair = [
                pool.submit(self.features, n, "ekfac:0.003", 90) for n in ("features", "features-again")
            ]
            found = pool.submit(killed).result()
            [p.result() for p in pair]
        return found | self.same("features", "features-again", "features-killed")

    def attributing(self):
        """The rest of the flow: sampling and scores."""
        status, _, sampled = self.run(
            "sample",
            self.journey(
                "sample", "--checkpoint", self.work / "once" / "member-000", "--out", self.work / "drawn.safetensors",
                "--count", 4, "--inference-steps", 10, "--threads", 2,
            ),
            60,
        )
        then, output, _ = self.run(
            "attribute",
            self.journey(
                "attribute", "--checkpoints", self.work / "once", "--features", self.work / "features",
                "--target", self.work / "drawn.safetensors", "--out", self.work / "attribution",
                "--timesteps", "100:900:400", "--threads", 2,
            ),
            60,
        )
        return {"sample": status, "attribute": then, "said": output[-300:]}

    def quickstart(self):
        """Captions, latents, guidance, masks and the page, by the model that comes with Journey."""
        images = 40 if self.quick else 400
        status, output, took = self.run(
            "quickstart",
            self.journey(
                "quickstart", "--images", images, "--targets", 1, "--out", self.work / "quickstart", "--threads", 2,
            ),
            90,
        )
        return {"status": status, "wall": took, "said": output[-1500:]}

    def tests(self):
        """The tests of the modules, on the device; their files are those of the repository."""
        few = self.quick and not self.options.all_tests

        def of(module):
            names = ["io.journey." + n for n in TESTS[module][: 2 if few else None]]
            folder = Path(self.options.repository).resolve() / module
            return self.run(f"tests of {module}", self.java("RunTests", *names, tests=True), 150, folder=folder)

        with ThreadPoolExecutor(2) as pool:
            done = list(pool.map(of, TESTS))
        lines = [l for _, output, _ in done for l in self.lines(output)]
        return {
            "status": [status for status, _, _ in done],
            "classes": len(lines),
            "succeeded": sum(l["succeeded"] for l in lines),
            "failed": sum(l["failed"] for l in lines),
            "skipped": sum(l["skipped"] for l in lines),
            "each": lines,
        }

    def large(self):
        """A checkpoint of the U-Net of CIFAR-10, for the measurements."""
        self.large_config()
        status, _, _ = self.run(
            "a large checkpoint",
            self.java(
                "io.journey.cli.Main", "train", "--data", self.spec(), "--out", self.work / "large",
                "--config", self.work / "large.json", "--count", 1, "--seed", 1,
            ),
            60,
        )
        return {"status": status}

    def large_config(self):
        config = json.loads((self.home / "cifar10-ddpm.json").read_text())
        if self.quick:
            config.update(block_out_channels=[32, 32, 32, 32])
        (self.work / "large.json").write_text(
            json.dumps({"model": config, "training": {"steps": 1, "batchSize": 16, "microBatchSize": 4}})
        )

    def lines(self, output):
        return [json.loads(l) for l in output.splitlines() if l.startswith("{")]

    def errors(self):
        images, draws = (1, 2) if self.quick else (2, 3)
        status, output, _ = self.run(
            "errors",
            self.java(
                "io.journey.benchmarks.DeviceCost", "errors", self.device, self.work / "large", self.spec(),
                images, draws, 4096,
            ),
            120,
        )
        return {"status": status, "found": self.lines(output)}

    def watched(self, body):
        """Runs something, and adds the most memory that the card had in use."""
        if not self.gpu or not shutil.which("nvidia-smi"):
            return body()
        most = [0]
        over = threading.Event()

        def watch():
            while not over.wait(0.3):
                out = subprocess.run(
                    ["nvidia-smi", "--query-gpu=memory.used", "--format=csv,noheader,nounits"],
                    capture_output=True, text=True,
                ).stdout.split()
                most[0] = max([most[0], *(int(o) for o in out if o.isdigit())])

        thread = threading.Thread(target=watch)
        thread.start()
        try:
            found = body()
        finally:
            over.set()
            thread.join()
        found["peak_mib_of_card"] = most[0]
        return found

    def cost(self, precision, seconds):
        batch, steps, images, draws = (4, 1, 2, 2) if self.quick else (128, 25, 64, 10)

        def body():
            status, output, _ = self.run(
                f"cost {precision}",
                self.java(
                    "io.journey.benchmarks.DeviceCost", "cost", self.device, self.work / "large", self.spec(),
                    batch, steps, images, draws, 4096, precision,
                ),
                seconds,
            )
            return {"status": status, "found": self.lines(output)}

        return self.watched(body)

    def plain(self):
        batch, steps = (4, 1) if self.quick else (128, 25)
        kinds = ["f32", "f32+"] if not self.gpu else ["f32", "f32+", "tf32", "tf32+", "bf16", "bf16+"]
        config = json.loads((self.work / "large.json").read_text())["model"]
        (self.work / "plain.json").write_text(json.dumps(config))

        def body():
            status, output, _ = self.run(
                "plain PyTorch",
                [sys.executable, Path(__file__).resolve().parent / "plain.py", self.device, self.work / "plain.json", batch, steps, *kinds],
                80,
            )
            return {"status": status, "found": self.lines(output)}

        return self.watched(body)

    def command(self):
        """What a user gets: journey train of the preset, from the start of Java to the end."""
        steps = 2 if self.quick else 60
        name = "preset"
        more = ["--config", self.work / "large.json"] if self.quick else ["--preset", "cifar10-ddpm"]
        precision = ["--precision", "tf32"] if self.gpu else []
        status, _, took = self.run(
            "journey train",
            self.journey(
                "train", "--data", self.spec(), "--out", self.work / name, *more, "--count", 1,
                "--training-steps", steps, *precision,
            ),
            70,
        )
        timing = self.work / name / "timing.json"
        rate = json.loads(timing.read_text())["images_per_second"] if timing.exists() else None
        return {"status": status, "wall": took, "steps": steps, "images_per_second": rate}

    def ekfac(self):
        """The default features of the large U-Net, the preconditioner fitted on the way."""
        name = "ekfac"
        status, output, took = self.run(
            "EK-FAC of the large U-Net",
            self.journey(
                "featurize", "--checkpoints", self.work / "large", "--data", self.spec(32 if self.quick else 640),
                "--out", self.work / name, "--draws", 2 if self.quick else 10, "--precision",
                "tf32" if self.gpu else "f32", "--threads", 2,
            ),
            self.options.ekfac,
        )
        timing = self.work / name / "timing.json"
        return {
            "status": status,
            "wall": took,
            "timing": json.loads(timing.read_text()) if timing.exists() else None,
            "said": output[-1500:],
        }

    def all(self):
        self.stage("data", self.data)
        self.stage("probe", self.probe)
        if self.found["stages"]["probe"].get("status") != 0:
            self.say("The device cannot be used: only plain PyTorch is measured.")
            self.large_config()
            self.stage("plain", self.plain)
            return
        with ThreadPoolExecutor(3) as pool:
            flow = lambda: (
                self.stage("training", self.training),
                self.stage("features", self.featurizing),
                self.stage("attribution", self.attributing),
                self.stage("quickstart", self.quickstart),
            )
            exact = lambda: (self.stage("large", self.large), self.stage("errors", self.errors))
            running = [pool.submit(flow), pool.submit(exact), pool.submit(self.stage, "tests", self.tests)]
            [r.result() for r in running]
        precisions = ["tf32", "f32", "bf16"] if self.gpu else ["f32"]
        self.stage("cost " + precisions[0], lambda: self.cost(precisions[0], 70))
        self.stage("plain", self.plain)
        for precision in precisions[1:]:
            self.stage("cost " + precision, lambda: self.cost(precision, 60))
        self.stage("command", self.command)
        if self.options.ekfac:
            self.stage("ekfac", lambda: self.watched(self.ekfac))
        short = {
            name: {k: v for k, v in found.items() if k not in ("each", "said", "versions", "timing")}
            for name, found in self.found["stages"].items()
        }
        self.say(json.dumps(short) + f"\nAll of it took {time.time() - self.began:.0f} s.")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--journey", required=True, help="where journey.tar.xz was unpacked")
    parser.add_argument("--out", required=True)
    parser.add_argument("--work")
    parser.add_argument("--repository", default=".")
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--ekfac", type=int, default=0, metavar="SECONDS")
    parser.add_argument("--all-tests", action="store_true")
    Check(parser.parse_args()).all()


if __name__ == "__main__":
    main()
