"""Violations of the rules about environment variables; some are planted in the code."""

from tests.unit.lint.plants.planting import Plant, drop, put, silence

ANSWERING = "layers/shared/haat/wiring/answering.py"
CLOCK = "layers/shared/haat/wiring/clock.py"
RELAY = "functions/outbox_relay/app.py"

PLANTS = [
    Plant(
        rule="environment.variables_have_readers",
        edits=(put("OutboxRelay", "Environment", "Variables", "TOKEN_KEY", value="key"),),
        found=("OutboxRelay: nothing in its code reads TOKEN_KEY: take the variable away, also from Globals",),
    ),
    Plant(
        rule="environment.variables_have_readers",
        code={ANSWERING: ("profile=settings.flags_profile", 'profile="flags"')},
        found=(
            "AutoReply: haat.wiring.answering.Settings holds FLAGS_PROFILE and nothing looks at it: take both away",
        ),
    ),
    Plant(
        rule="environment.variables_have_readers",
        code={ANSWERING: ("    flags_profile: str\n", "")},
        found=("AutoReply: nothing in its code reads FLAGS_PROFILE: take the variable away, also from Globals",),
    ),
    Plant(
        rule="environment.readers_have_variables",
        edits=(drop("MessageStatus", "Environment", "Variables", "PEPPER_PARAMETER"),),
        found=(
            (
                "MessageStatus: haat.wiring.sending.ReportingSettings reads PEPPER_PARAMETER:"
                " add the variable, or take the reader away"
            ),
        ),
    ),
    Plant(
        rule="environment.readers_have_variables",
        edits=(drop("AutoReply", "Environment", "Variables", "POWERTOOLS_SERVICE_NAME"), silence("auto_reply")),
        found=(
            "AutoReply: Powertools' Metrics reads POWERTOOLS_SERVICE_NAME: add the variable, or take the reader away",
        ),
    ),
    Plant(
        rule="environment.readers_have_variables",
        code={RELAY: ("logger, metrics =", 'import os\nREGION = os.environ.get("HAAT_REGION")\nlogger, metrics =')},
        found=("OutboxRelay: outbox_relay reads HAAT_REGION: add the variable, or take the reader away",),
    ),
    Plant(
        rule="environment.reading_can_be_followed",
        code={RELAY: ("logger, metrics =", "from os import environ\nALL = dict(environ)\nlogger, metrics =")},
        found=(
            (
                "OutboxRelay: outbox_relay:13 reads the environment in a way that no rule can follow:"
                " use a settings dataclass"
            ),
        ),
    ),
]
