"""Celery with the settings that lost nothing when workers and broker were killed.

Messages carry an outbox id only. Whether a row is still to be done is decided in PostgreSQL
(`shared.platform.delivery`), so a repeated, late or forgotten message does no harm.
"""

import os
import signal
from typing import Any
from uuid import UUID

import kombu.exceptions
import redis.exceptions
from celery import Celery
from celery.signals import setup_logging, worker_ready

from shared.domain.errors import Unavailable
from shared.platform.delivery import TaskSet
from shared.platform.outbox import OutboxRules, Publish

# In twelfths of a claim (OutboxRules.claim). An attempt is asked to end, then made to end, before
# its claim does, or two workers could send at once. A message goes to another worker after that.
SOFT_TIME_LIMIT, TIME_LIMIT, VISIBILITY_TIMEOUT = 9, 10, 11
# SIGTERM to exit takes at most 10 s (SEC-R8); the rest is for closing connections.
SHUTDOWN_SECONDS = 7.0

BROKER_ERRORS = (kombu.exceptions.KombuError, redis.exceptions.RedisError, OSError)


def create_celery(name: str, broker_url: str, rules: OutboxRules) -> Celery:
    """A Celery application whose queue and keys belong to service `name` alone."""
    twelfth = int(rules.claim.total_seconds()) // 12
    celery = Celery(name, broker=broker_url, set_as_current=False)
    celery.conf.update(
        task_default_queue=name,
        task_ignore_result=True,
        task_serializer="json",
        accept_content=["json"],
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_acks_on_failure_or_timeout=True,
        task_soft_time_limit=twelfth * SOFT_TIME_LIMIT,
        task_time_limit=twelfth * TIME_LIMIT,
        task_publish_retry=False,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_send_task_events=False,
        # A send under way is safe under its claim; ending it would leave a mail uncertain.
        worker_cancel_long_running_tasks_on_connection_loss=False,
        worker_soft_shutdown_timeout=SHUTDOWN_SECONDS,
        worker_enable_remote_control=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_connection_timeout=2,
        broker_transport_options=_transport_options(name, twelfth * VISIBILITY_TIMEOUT),
    )
    return celery


def _transport_options(name: str, visibility_timeout: int) -> dict[str, Any]:
    return {
        "global_keyprefix": f"{name}:",
        "visibility_timeout": visibility_timeout,
        # kombu looks for expired messages every interval x throttle; its default is 100 s.
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
        "socket_timeout": 5,
        "socket_connect_timeout": 2,
        "socket_keepalive": True,
        "retry_on_timeout": True,
        "health_check_interval": 10,
    }


def serve(celery: Celery, tasks: TaskSet[Any]) -> None:
    """Let a worker of `celery` work on the tasks."""

    def execute(outbox_id: str) -> None:
        tasks.execute(UUID(outbox_id))

    for name in tasks.names:
        celery.task(name=name)(execute)


def publisher(celery: Celery) -> Publish:
    """Tell the broker of a row; Unavailable when it cannot be told now."""

    def publish(task: str, outbox_id: UUID) -> None:
        try:
            celery.send_task(task, args=[str(outbox_id)], retry=False)
        except BROKER_ERRORS:
            raise Unavailable("broker_unavailable") from None

    return publish


def run_worker(celery: Celery, *, processes: int) -> None:
    """Work until SIGTERM, then finish within seconds or leave the rest to the next attempt."""

    @worker_ready.connect(weak=False)
    def bound_the_end(**_: Any) -> None:
        # Celery's own SIGTERM waits for running tasks without an end; its SIGQUIT waits for
        # worker_soft_shutdown_timeout.
        signal.signal(signal.SIGTERM, lambda *_: os.kill(os.getpid(), signal.SIGQUIT))

    @setup_logging.connect(weak=False)
    def keep_our_log(**_: Any) -> None:
        """Celery would add handlers of its own, which print the text of exceptions."""

    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel=WARNING"]
    celery.worker_main(["worker", f"--concurrency={processes}", *quiet])
