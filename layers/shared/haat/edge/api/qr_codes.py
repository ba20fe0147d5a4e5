"""Routes: the static QR codes of payee accounts.

API Gateway carries text as it is. An SVG is text, and so is our PDF: its file holds nothing but ASCII. A PNG is not, and comes in JSON.
"""

import base64
from dataclasses import dataclass

from haat.edge.api.call import Call
from haat.kernel.once import Answer
from haat.payment.service.qr_codes import QrCodes


@dataclass(frozen=True, slots=True)
class QrCodeRoutes:
    """A merchant's codes."""

    _codes: QrCodes

    def get_qr_code(self, call: Call) -> Answer:
        """What it says, and the picture."""
        code = self._codes.of(call.merchant, call.path["payee_account_id"])
        body = {
            "account_id": code.account,
            "link": code.link,
            "name": code.payee,
            "upi_address": code.address,
            "printed_name": code.placard().printed or None,
            "png": base64.b64encode(code.png()).decode(),
        }
        return Answer(status=200, body=body)

    def get_qr_code_svg(self, call: Call) -> Answer:
        """The picture for a page or a printer's shop."""
        code = self._codes.of(call.merchant, call.path["payee_account_id"])
        return Answer(status=200, body=code.svg(), headers={"content-type": "image/svg+xml"})

    def get_qr_code_pdf(self, call: Call) -> Answer:
        """A page to print."""
        page = self._codes.of(call.merchant, call.path["payee_account_id"]).placard()
        headers = {"content-type": "application/pdf", "content-disposition": 'inline; filename="upi-qr.pdf"'}
        return Answer(status=200, body=page.pdf.decode("ascii"), headers=headers)
