"""`andante worker`: what waits in the background."""

from __future__ import annotations

import asyncio

import click
from procrastinate.contrib.django import app

from andante.cli.parents import end_with

SECONDS_TO_FINISH = 20.0  # for a task under way when the worker is told to stop


@click.command()
@click.option("--parent", type=int, hidden=True)
def worker(parent: int | None) -> None:
    """Do tasks until SIGTERM or SIGINT; one under way is finished."""
    end_with(parent)
    asyncio.run(_work())


async def _work() -> None:
    with app.replace_connector(app.connector.get_worker_connector()) as ready:
        async with ready.open_async():
            await ready.run_worker_async(
                shutdown_graceful_timeout=SECONDS_TO_FINISH,
                delete_jobs="successful",
            )
