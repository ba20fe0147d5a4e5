"""What is remembered of a send that Meta did not take, as far as its body can be read."""

from infra.local.simulators.people import ShopNumber
from infra.local.simulators.wire import Json
from infra.local.simulators.world import Sent, World


def record(world: World, shop: ShopNumber, body: Json, at: float, outcome: str, *, error: int | None = None) -> None:
    """Note an attempt; `outcome` is that of `Sent`."""
    kind = str(body.get("type", "text"))
    content = body.get(kind)
    context = body.get("context")
    to, recipient, opaque = body.get("to"), body.get("recipient"), body.get("biz_opaque_callback_data")
    key = world.phones.get(str(to)) if to else world.user_ids.get((shop.portfolio, str(recipient)))
    world.sent.append(
        Sent(
            phone_number_id=shop.phone_number_id,
            customer=key,
            kind=kind,
            text=str(content.get("body", "")) if isinstance(content, dict) else "",
            quoted=context.get("message_id") if isinstance(context, dict) else None,
            to=to if isinstance(to, str) else None,
            recipient=recipient if isinstance(recipient, str) else None,
            opaque=opaque if isinstance(opaque, str) else None,
            at=at,
            outcome=outcome,
            accepted=False,
            answered=outcome in ("error", "broken"),
            error=error,
        )
    )


def addressee(body: Json) -> str | None:
    """Return whom a body is for, as it was given."""
    given = body.get("to") or body.get("recipient")
    return given if isinstance(given, str) else None
