"""What the commands that work on AWS take alike: which stage, in which account and region."""

from __future__ import annotations

import argparse

import boto3


def parser(program: str, description: str | None) -> argparse.ArgumentParser:
    """A command line with the options that `session` reads."""
    made = argparse.ArgumentParser(prog=f"python -m {program}", description=description)
    made.add_argument("--stage", required=True, help="name of the deployment: dev, prod …")
    made.add_argument("--region", help="AWS region; the profile's by default")
    made.add_argument("--profile", help="AWS profile of the shared credentials")
    return made


def session(options: argparse.Namespace) -> boto3.Session:
    """The session that the options name. Ends the command, with exit code 1, when no region is known."""
    made = boto3.Session(region_name=options.region, profile_name=options.profile)
    if not made.region_name:
        raise SystemExit("Which region? Say --region eu-west-1, or set AWS_DEFAULT_REGION.")
    return made
