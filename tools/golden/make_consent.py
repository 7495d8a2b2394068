"""Writes pictures whose C2PA manifests say what training they allow, signed by c2pa-python.

    python tools/golden/make_consent.py results/src/test/resources/golden/consent

Needs c2pa-python 0.38.1, cryptography and pillow. Keys are made anew each time, so the bytes differ
from run to run; what the manifests say does not.
"""
import io
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "exports"))
import signing
from PIL import Image


def picture(kind):
    image = Image.new("RGB", (8, 8), (200, 30, 60))
    out = io.BytesIO()
    image.save(out, "PNG" if kind == "image/png" else "JPEG")
    return out.getvalue()


def manifest(maker, entry):
    return {
        "claim_generator_info": [{"name": "test", "version": "1"}],
        "assertions": [
            {"label": "c2pa.actions.v2", "data": {"actions": [
                {"action": "c2pa.created",
                 "digitalSourceType":
                     "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"}]}},
            {"label": maker + ".training-mining", "data": {"entries": {
                maker + ".ai_generative_training": entry,
                maker + ".data_mining": {"use": "allowed"}}}},
        ],
    }


folder = pathlib.Path(sys.argv[1])
for name, kind, maker, entry in (
        ("not-allowed.png", "image/png", "cawg", {"use": "notAllowed"}),
        ("constrained.jpg", "image/jpeg", "cawg",
         {"use": "constrained", "constraint_info": "ask first"}),
):
    signed = signing.sign(manifest(maker, entry), kind, picture(kind))
    (folder / name).write_bytes(signed)
    print(name, len(signed), signing.read(kind, signed)["validation_state"])
