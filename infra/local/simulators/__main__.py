"""`make simulator`: the Graph API of the demo shops' numbers and pages as a program of its own, until Ctrl-C.

It keeps everything in memory and forgets it at the end. Any client of the Graph API that can be told another address can
call it; it posts its webhooks to HAAT_WEBHOOK_URL and HAAT_MESSENGER_WEBHOOK_URL, whoever listens there.
"""

import os
import queue
import signal
import sys
import time

from infra.local.market import MARKET
from infra.local.settings import SettingsError
from infra.local.simulators.graph import GraphSimulator
from infra.local.simulators.people import Page, ShopNumber
from infra.local.simulators.server import SimulatorServer
from infra.local.simulators.settings import SimulatorSettings


def main() -> int:
    """Run the simulator; return the exit status."""
    signals: queue.SimpleQueue[int] = queue.SimpleQueue()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: signals.put(number))
    try:
        settings = SimulatorSettings.from_environ(os.environ)
    except SettingsError as error:
        print(f"make simulator: {error}", file=sys.stderr)
        return 2
    numbers = [
        ShopNumber.of(
            shop.phone_number_id,
            name=shop.merchant.name,
            display_phone_number=shop.display_number,
            waba_id=shop.account,
            token=shop.token,
        )
        for shop in MARKET
    ]
    simulator = GraphSimulator(settings.app_secret, settings.verify_token, numbers, time.time, delays=(0.2, 0.4, 0.8))
    simulator.messenger.app_secret = settings.messenger_app_secret
    simulator.messenger.verify_token = settings.messenger_verify_token
    for shop in MARKET:
        if shop.page_id:
            simulator.add_page(Page.of(shop.page_id, name=shop.merchant.name, token=shop.page_token))
    server = SimulatorServer(simulator, settings.port, settings.webhook, messenger_front=settings.messenger_webhook)
    try:
        server.start()
    except OSError:
        print(f"make simulator: port {settings.port} is taken: set HAAT_SIM_PORT to another one", file=sys.stderr)
        return 2
    _welcome(server, settings, numbers)
    signals.get()
    server.stop()
    return 0


def _welcome(server: SimulatorServer, settings: SimulatorSettings, numbers: list[ShopNumber]) -> None:
    """Print where everything is; the last line begins with `ready`."""
    lines = {
        "Graph API": f"{server.url} (any version: {server.url}/v25.0/...)",
        "phone": f"{server.url}/",
        "webhook": settings.webhook,
        "for Messenger": settings.messenger_webhook,
        "app secret": settings.app_secret,
        "verify token": settings.verify_token,
    }
    if settings.messenger_app_secret != settings.app_secret or settings.messenger_verify_token != settings.verify_token:
        lines |= {"Messenger's": f"{settings.messenger_app_secret}, {settings.messenger_verify_token}"}
    for name, value in lines.items():
        print(f"{name:<15}{value}")
    for shop in numbers:
        print(f"{shop.name}: phone number id {shop.phone_number_id}, account {shop.waba_id}, token {shop.token}")
    for page in server.simulator.messenger.pages.values():
        print(f"{page.name}: page id {page.page_id}, token {page.token}")
    print("ready; Ctrl-C stops and forgets everything", flush=True)


if __name__ == "__main__":
    sys.exit(main())
