"""moto in this process: started and stopped with a stage, and mended before anything is made on it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from moto import mock_aws
from moto.awslambda.models import lambda_backends
from moto.cloudformation.models import cloudformation_backends
from moto.core.model_instances import reset_model_data
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodbstreams.models import dynamodbstreams_backends
from moto.kms.models import kms_backends
from moto.logs.models import logs_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends
from moto.ssm.models import ssm_backends

from infra.local import buckets, moto_fast, moto_keys, moto_queues, moto_stacks, wire
from infra.local.function import ACCOUNT, AWS_ENVIRONMENT

# Where stages of this process stand now.
TAKEN: set[str] = set()


class RegionTaken(Exception):
    """Two stages want to stand in the same region."""


@contextmanager
def on_moto(region: str) -> Iterator[None]:
    """Let all AWS clients of this process speak to moto.

    Several stages may stand beside each other, each in a region of its own: moto keeps regions apart.
    """
    if region in TAKEN:
        raise RegionTaken(f"another stage of this process stands in {region}")
    moto_fast.install()
    moto_keys.install()
    moto_queues.install()
    moto_stacks.install()
    wire.install()
    # Nothing that the machine's owner has set may lead a client to the real AWS.
    before = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
    for name in before:
        del os.environ[name]
    mock = mock_aws(config={"lambda": {"use_docker": False}})
    mock.start()
    os.environ.update(AWS_ENVIRONMENT, AWS_DEFAULT_REGION=region)
    TAKEN.add(region)
    try:
        yield
    finally:
        TAKEN.discard(region)
        for backends in (cloudformation_backends, dynamodb_backends, dynamodbstreams_backends, kms_backends,
                         lambda_backends, logs_backends, sns_backends, sqs_backends, ssm_backends):  # fmt: skip
            backends[ACCOUNT][region].reset()
        buckets.forget(region)
        mock.stop()
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            del os.environ[name]
        os.environ.update(before)


def forget_instances() -> None:
    """Free what moto keeps of every object it ever made: it is for a page that the stage does not show."""
    reset_model_data()
