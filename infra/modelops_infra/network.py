"""Part of the program: the virtual network, with a subnet for nodes and one for a database."""

from dataclasses import dataclass

import pulumi
from pulumi_azure_native import network as azure

from modelops_infra.shapes import Inputs


@dataclass(frozen=True, slots=True)
class Network:
    """What others connect to.

    Attributes:
        postgres: the subnet of a database; None where there is none.
    """

    network: azure.VirtualNetwork
    nodes: azure.Subnet
    postgres: azure.Subnet | None


def network(inputs: Inputs, group: pulumi.Input[str]) -> Network:
    """The network; its subnets are resources of their own, so that one more changes no other."""
    wanted = inputs.network
    made = azure.VirtualNetwork(
        "network",
        virtual_network_name=wanted.name,
        resource_group_name=group,
        location=inputs.location,
        address_space=azure.AddressSpaceArgs(address_prefixes=[wanted.vnet_cidr]),
        tags=inputs.tags,
        # Subnets of their own would be taken away by every later change of the network itself.
        opts=pulumi.ResourceOptions(ignore_changes=["subnets"]),
    )
    nodes = azure.Subnet(
        "nodes",
        subnet_name=wanted.subnet,
        resource_group_name=group,
        virtual_network_name=made.name,
        address_prefix=wanted.subnet_cidr,
    )
    return Network(made, nodes, _postgres(inputs, group, made, nodes) if inputs.postgres else None)


def _postgres(
    inputs: Inputs, group: pulumi.Input[str], made: azure.VirtualNetwork, nodes: azure.Subnet
) -> azure.Subnet:
    return azure.Subnet(
        "postgres-subnet",
        subnet_name=inputs.network.postgres_subnet,
        resource_group_name=group,
        virtual_network_name=made.name,
        address_prefix=inputs.network.postgres_cidr,
        delegations=[
            azure.DelegationArgs(
                name="postgres", service_name="Microsoft.DBforPostgreSQL/flexibleServers"
            )
        ],
        # Azure changes one subnet of a network at a time.
        opts=pulumi.ResourceOptions(depends_on=[nodes]),
    )
