"""Routes: the phones of a shop's own people."""

from dataclasses import dataclass

from haat.business.model.merchant import Merchant
from haat.business.rules.staff import found, shown, template_shown
from haat.business.service.staff import Staff
from haat.edge.api.call import Call, etag, page
from haat.kernel.once import Answer


@dataclass(frozen=True, slots=True)
class StaffRoutes:
    """Staff numbers, and the template for staff. All of it has the merchant's version."""

    _staff: Staff

    def list_staff_numbers(self, call: Call) -> Answer:
        """All of them: there are ten at most."""
        merchant = self._staff.read(call.merchant)
        listed = page([shown(entry) for entry in merchant.staff], None)
        return Answer(status=200, body=listed.body, headers={"etag": etag(merchant.version)})

    def create_staff_number(self, call: Call) -> Answer:
        """One more."""
        return self._staff.add(call.merchant, call.body, call.draw(), call.marker)

    def get_staff_number(self, call: Call) -> Answer:
        """One of them."""
        return _one(self._staff.read(call.merchant), call)

    def put_staff_number(self, call: Call) -> Answer:
        """What it is told from now on, and how."""
        return _one(self._staff.change(call.merchant, _id(call), call.version, call.body), call)

    def delete_staff_number(self, call: Call) -> Answer:
        """One less."""
        self._staff.remove(call.merchant, _id(call))
        return Answer(status=204)

    def get_staff_template(self, call: Call) -> Answer:
        """The one that is used."""
        return _template(self._staff.read(call.merchant))

    def put_staff_template(self, call: Call) -> Answer:
        """The one that is used from now on."""
        return _template(self._staff.put_template(call.merchant, call.version, call.body))

    def delete_staff_template(self, call: Call) -> Answer:
        """None is used from now on."""
        self._staff.drop_template(call.merchant)
        return Answer(status=204)


def _id(call: Call) -> str:
    return call.path["staff_id"]


def _one(merchant: Merchant, call: Call) -> Answer:
    return Answer(status=200, body=shown(found(merchant, _id(call))), headers={"etag": etag(merchant.version)})


def _template(merchant: Merchant) -> Answer:
    return Answer(status=200, body=template_shown(merchant), headers={"etag": etag(merchant.version)})
