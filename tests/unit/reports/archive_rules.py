"""The rules of PDF/A-3u that a signed document could break, as far as they can be seen in its objects."""

import io
import re

import pikepdf
from pikepdf import Name

FORBIDDEN = {"/JavaScript", "/JS", "/OpenAction", "/AA", "/Launch", "/RichMedia", "/Movie", "/Sound", "/XFA"}


def archive_faults(data):
    """Return what speaks against the file as PDF/A-3u; empty when nothing does."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        stated = bytes(pdf.Root.Metadata.read_bytes()).decode()
        items = [item for item in pdf.objects if isinstance(item, pikepdf.Dictionary | pikepdf.Stream)]
        streams = [item for item in items if isinstance(item, pikepdf.Stream)]
        fonts = [item for item in items if item.get("/Type") == Name.Font]
        widgets = [item for item in items if item.get("/Subtype") == Name.Widget]
        shown = [item for item in widgets if [float(edge) for edge in item.Rect] != [0, 0, 0, 0]]
        demands = {
            "is part 3": re.search(r"pdfaid:part(=\"| [^>]*>|>)3", stated),
            "conforms to U": re.search(r"pdfaid:conformance(=\"| [^>]*>|>)U", stated),
            "header": data.startswith(b"%PDF-1.7\n%") and pdf.Root.get("/Version") is None,
            "no /Info": "/Info" not in pdf.trailer,
            "output intent": [intent.S for intent in pdf.Root.OutputIntents] == [Name.GTS_PDFA1],
            "fonts embedded": fonts and all("/FontFile2" in font.FontDescriptor for font in fonts),
            "fonts have text": all("/ToUnicode" in font for font in fonts),
            "attachments are associated": len(pdf.Root.AF) == len(pdf.attachments),
            "nothing runs": not any(FORBIDDEN & set(item.keys()) for item in items),
            "not encrypted": "/Encrypt" not in pdf.trailer,
            "filters": not any("LZW" in str(stream.get("/Filter")) for stream in streams),
            "nothing outside": all("/F" not in stream for stream in streams),
            "boxes have a picture": all("/N" in widget.get("/AP", {}) for widget in shown),
            "boxes are printed": all(int(widget.F) & 4 and not int(widget.F) & 3 for widget in widgets),
            "no appearance is asked for": not pdf.Root.AcroForm.get("/NeedAppearances", False),
        }
    return [name for name, met in demands.items() if not met]
