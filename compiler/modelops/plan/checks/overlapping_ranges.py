"""AZR005: ranges of addresses that overlap, or a DNS address that Services cannot have."""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network
from itertools import combinations

from modelops.diagnostics import Diagnostic, Note
from modelops.diagnostics.rulebook import azr
from modelops.model import Configuration, Configured, EnvironmentSpec
from modelops.model.azure import Azure
from modelops.plan.azure import made_clusters

RANGES = ("vnetCidr", "podCidr", "serviceCidr")


def overlapping_ranges(configuration: Configuration) -> Iterator[Diagnostic]:
    """Refuse what would send traffic to the wrong end."""
    for environment in made_clusters(configuration):
        azure = environment.spec.azure
        if azure is not None:
            yield from _overlaps(environment, azure)
            yield from _dns(environment, azure)


def _overlaps(environment: Configured[EnvironmentSpec], azure: Azure) -> Iterator[Diagnostic]:
    network = azure.network
    ranges = dict(
        zip(RANGES, (network.vnet_cidr, network.pod_cidr, network.service_cidr), strict=True)
    )
    for one, other in combinations(RANGES, 2):
        if IPv4Network(str(ranges[one])).overlaps(IPv4Network(str(ranges[other]))):
            yield Diagnostic(
                azr.AZR005,
                f"{other} {ranges[other]} has addresses of {one} {ranges[one]}",
                environment.at("azure", "network", other),
                "give each a range of its own",
                notes=(Note(environment.at("azure", "network", one), one),),
            )


def _dns(environment: Configured[EnvironmentSpec], azure: Azure) -> Iterator[Diagnostic]:
    services = IPv4Network(str(azure.network.service_cidr))
    address = IPv4Address(str(azure.network.dns_service_ip))
    if address not in services or address <= services.network_address + 1:
        yield Diagnostic(
            azr.AZR005,
            f"DNS cannot have {address}: Services have {services}, and the API server its first",
            environment.at("azure", "network", "dnsServiceIp"),
            f"use {services.network_address + 10}",
        )
