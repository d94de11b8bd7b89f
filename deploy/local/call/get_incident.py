"""Asks public security's read model for one incident and prints its timeline."""

import sys

import grpc
from kinward.departments.v1 import public_security_service_pb2 as messages
from kinward.departments.v1 import public_security_service_pb2_grpc as services

address, incident_id, token = sys.argv[1:]
with grpc.insecure_channel(address) as channel:
    police = services.PublicSecurityServiceStub(channel)
    answer = police.GetIncident(
        messages.GetIncidentRequest(incident_id=incident_id),
        metadata=[("authorization", f"Bearer {token}")],
        timeout=10,
    )
    print(f"儿童 child: {answer.child_name}   地点 place: {answer.place}")
    for entry in answer.timeline:
        print(f"{entry.position:>8}  {entry.occurred_at.ToDatetime():%F %T}Z  {entry.event_type.rsplit('.')[-1]}")
