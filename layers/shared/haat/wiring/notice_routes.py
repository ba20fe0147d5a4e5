"""Joins the routes of notice endpoints to the real table and key."""

import os

from haat.aws.once import DynamoAnswers
from haat.aws.table import Table
from haat.business.service.notice_endpoints import NoticeEndpoints
from haat.business.store.notices import DynamoDeliveries, DynamoEndpoints
from haat.edge.api.notices import NoticeRoutes
from haat.wiring.notices import KeptSeals, outside


def notice_routes(business: Table, key: str, allowed: str) -> NoticeRoutes:
    """What owners do with endpoints."""
    endpoints = NoticeEndpoints(
        endpoints=DynamoEndpoints(business),
        deliveries=DynamoDeliveries(business),
        answers=DynamoAnswers(business),
        outside=outside(allowed),
        seals=KeptSeals(key),
    )
    return NoticeRoutes(endpoints, os.urandom)
