"""A certificate for tests, and pictures signed with it by c2pa-python: nobody trusts it."""
import datetime
import io
import json

import c2pa
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID


def _certificate(name, issuer, key, issuer_key, authority):
    now = datetime.datetime.now(datetime.timezone.utc)
    subject = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer or subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=3650))
        .add_extension(x509.BasicConstraints(authority, None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True, content_commitment=False, key_encipherment=False,
                data_encipherment=False, key_agreement=False, key_cert_sign=authority,
                crl_sign=authority, encipher_only=False, decipher_only=False),
            critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )
    if not authority:
        builder = builder.add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def signer():
    """Returns a signer of c2pa-python with a certificate made now."""
    root_key = ec.generate_private_key(ec.SECP256R1())
    key = ec.generate_private_key(ec.SECP256R1())
    root = _certificate("Test root", None, root_key, root_key, True)
    own = _certificate("Test", root.subject, key, root_key, False)
    pem = serialization.Encoding.PEM
    info = c2pa.C2paSignerInfo(
        alg=b"es256",
        sign_cert=own.public_bytes(pem) + root.public_bytes(pem),
        private_key=key.private_bytes(
            pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
        ta_url=None)
    return c2pa.Signer.from_info(info)


def sign(manifest, kind, picture):
    """Signs the bytes of a picture, "image/png" or "image/jpeg", and returns those of the signed one."""
    out = io.BytesIO()
    settings = c2pa.Settings.from_dict({"builder": {"thumbnail": {"enabled": False}}})
    with c2pa.Builder(json.dumps(manifest), context=c2pa.Context(settings)) as builder:
        builder.sign(signer(), kind, io.BytesIO(picture), out)
    return out.getvalue()


def read(kind, picture):
    """Returns what c2pa-python reads in a picture."""
    with c2pa.Reader(kind, io.BytesIO(picture)) as reader:
        return json.loads(reader.json())
