"""What forgers do to a signed file: the cases of design/signing.md, 2.5 and 2.6, and one more."""

import io
import re

import pikepdf
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, fields, signers
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfTimeStamper

from app.reports.signer import KeySigner, Stamps


def _update(pdf, change):
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def flip_page_byte(pdf, _office):
    changed = bytearray(pdf)
    changed[pdf.find(b"stream") + 40] ^= 1
    return bytes(changed)


def flip_container_byte(pdf, _office):
    found = re.search(rb"/Contents <([0-9a-fA-F]{200})", pdf)
    changed = bytearray(pdf)
    place = found.start(1) + 150
    changed[place] = ord("1") if changed[place] == ord("0") else ord("0")
    return bytes(changed)


def replace_page_content(pdf, _office):
    def change(writer):
        page = writer.find_page_for_modification(0)[0].get_object()
        forged = writer.add_object(generic.StreamObject(stream_data=b"BT /F1 30 Tf 100 400 Td (FORGED) Tj ET"))
        page["/Contents"] = generic.ArrayObject([page.raw_get("/Contents"), forged])
        writer.update_container(page)

    return _update(pdf, change)


def add_annotation(pdf, _office):
    def change(writer):
        page = writer.find_page_for_modification(0)[0].get_object()
        box = generic.ArrayObject(map(generic.NumberObject, [100, 600, 300, 650]))
        stamp = generic.DictionaryObject(
            {pdf_name("/Type"): pdf_name("/Annot"), pdf_name("/Subtype"): pdf_name("/Stamp"), pdf_name("/Rect"): box}
        )
        page["/Annots"] = generic.ArrayObject([*page.get("/Annots", ()), writer.add_object(stamp)])
        writer.update_container(page)

    return _update(pdf, change)


def set_info(pdf, _office):
    title = generic.DictionaryObject({pdf_name("/Title"): generic.pdf_string("Forged")})
    return _update(pdf, lambda writer: writer.set_info(title))


def replace_appearance(pdf, _office):
    def change(writer):
        for name, _, reference in fields.enumerate_sig_fields(writer):
            if name in {"sig_1_account_manager", "layer_1", "officer"}:
                field = reference.get_object()
                old = field["/AP"]["/N"]
                kept = {key: old[key] for key in old if key in ("/BBox", "/Type", "/Subtype")}
                new = generic.StreamObject(kept, stream_data=b"0 1 0 rg 0 0 250 80 re f")
                field["/AP"] = generic.DictionaryObject({pdf_name("/N"): writer.add_object(new)})
                writer.update_container(field)

    return _update(pdf, change)


def truncate(pdf, _office):
    ends = [found.end() for found in re.finditer(rb"%%EOF\r?\n?", pdf)]
    return pdf[: ends[-3]]


def append_garbage(pdf, _office):
    return pdf + b"\n% extra\n"


def add_field(pdf, _office):
    spec = SigFieldSpec("evil", on_page=0, box=(100, 600, 300, 650))
    return _update(pdf, lambda writer: fields.append_signature_field(writer, spec))


def sixth(pdf, office):
    # pyHanko itself refuses to sign after the lock; a forger would not ask it.
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    fields.append_signature_field(writer, SigFieldSpec("evil", on_page=0, box=(100, 600, 300, 650)))
    meta = PdfSignatureMetadata(field_name="evil", subfilter=SigSeedSubFilter.PADES, md_algorithm="sha256")
    out = io.BytesIO()
    try:
        signers.PdfSigner(meta, KeySigner(office.signers[0][2])).sign_pdf(writer, output=out)
    except SigningError:
        held = io.BytesIO()
        writer.write(held)
        return held.getvalue()
    return out.getvalue()


def sixth_timestamp(pdf, office):
    out = io.BytesIO()
    stamper = PdfTimeStamper(Stamps(office.stamper), field_name="archive")
    stamper.timestamp_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), "sha256", bytes_reserved=8192, output=out)
    return out.getvalue()


def rewrite(pdf, _office):
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        opened.save(out)
    return out.getvalue()


def text_field(pdf, _office):
    def change(writer):
        form = writer.root["/AcroForm"]
        field = generic.DictionaryObject(
            {
                pdf_name("/FT"): pdf_name("/Tx"),
                pdf_name("/T"): generic.pdf_string("a"),
                pdf_name("/V"): generic.pdf_string("7"),
            }
        )
        form["/Fields"].append(writer.add_object(field))
        writer.update_container(form["/Fields"])
        writer.update_container(form)

    return _update(pdf, change)


ATTACKS = {
    attack.__name__: attack
    for attack in (
        flip_page_byte,
        flip_container_byte,
        replace_page_content,
        add_annotation,
        set_info,
        replace_appearance,
        truncate,
        append_garbage,
        add_field,
        sixth,
        sixth_timestamp,
        rewrite,
        text_field,
    )
}
