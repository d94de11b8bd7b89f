"""A teacher reports a child in danger; police see it on the worklist and read it. Each step is one call.

Tokens stand in the environment (TEACHER, POLICE), addresses of reporting, dispatch and departments in the arguments.
"""

import os
import sys
import uuid

import grpc
from google.rpc import error_details_pb2, status_pb2
from kinward.departments.v1 import public_security_service_pb2 as police_pb2
from kinward.departments.v1 import public_security_service_pb2_grpc as police_grpc
from kinward.dispatch.v1 import worklist_service_pb2 as worklist_pb2
from kinward.dispatch.v1 import worklist_service_pb2_grpc as worklist_grpc
from kinward.reporting.v1 import report_pb2, report_service_pb2, report_service_pb2_grpc
from kinward.type.v1 import common_pb2, situation_pb2


def caller(name: str) -> list[tuple[str, str]]:
    """Who calls: every call carries a token."""
    return [("authorization", f"Bearer {os.environ[name]}")]


def report(address: str) -> tuple[str, int]:
    """Submits the report. The same request_id again gets the same answer, so a lost answer is asked for again."""
    request = report_service_pb2.SubmitReportRequest(
        request_id=str(uuid.uuid4()),
        situations=[situation_pb2.SITUATION_LIVING_ALONE],
        child=report_service_pb2.ReportedChildInput(name="小满", approximate_age=7),
        village_code="430903111001",
        narrative="家中无成年人",
        reporter=report_service_pb2.ReporterInput(
            reporter_class=report_pb2.REPORTER_CLASS_SCHOOL, unit_id="school-430903111-01", name="汤听雪"
        ),
    )
    with grpc.insecure_channel(address) as channel:
        reports = report_service_pb2_grpc.ReportServiceStub(channel)
        answer = reports.SubmitReport(request, metadata=caller("TEACHER"), timeout=10)
    print(f"已登记 taken at position {answer.receipt.position}; 回执 receipt code {answer.receipt_code}")
    return answer.receipt.id, answer.receipt.position


def wait_for_incident(address: str, report_id: str, position: int) -> tuple[str, int]:
    """Watches the emergency worklist from the report's position on, until the report is on it."""
    with grpc.insecure_channel(address) as channel:
        worklist = worklist_grpc.WorklistServiceStub(channel)
        request = worklist_pb2.WatchOpenIncidentsRequest(after_position=position)
        for change in worklist.WatchOpenIncidents(request, metadata=caller("POLICE"), timeout=30):
            if change.changed.report_id == report_id:
                incident = change.changed
                print(f"在警情清单 on the worklist: incident {incident.incident_id}, first clock {incident.clock}")
                return incident.incident_id, incident.position
    raise SystemExit("the worklist ended")


def read(address: str, incident_id: str, position: int) -> None:
    """Reads the incident as police do, no older than what the worklist showed."""
    request = police_pb2.GetIncidentRequest(
        incident_id=incident_id, freshness=common_pb2.Freshness(at_least_as_fresh=position)
    )
    with grpc.insecure_channel(address) as channel:
        police = police_grpc.PublicSecurityServiceStub(channel)
        answer = police.GetIncident(request, metadata=caller("POLICE"), timeout=10)
    print(f"儿童 child: {answer.child_name}")
    for entry in answer.timeline:
        print(f"{entry.position:>8}  {entry.occurred_at.ToDatetime():%F %T}Z  {entry.event_type.rsplit('.')[-1]}")


def explain(refused: grpc.RpcError) -> str:
    """What a refusal says: its reason, in both languages, what to do, and which fields to correct."""
    details = dict(refused.trailing_metadata() or ()).get("grpc-status-details-bin")
    lines = [f"{refused.code().name}: {refused.details()}"]
    for detail in status_pb2.Status.FromString(details).details if details else ():
        for kind in (error_details_pb2.ErrorInfo, error_details_pb2.LocalizedMessage):
            message = kind()
            if detail.Unpack(message):
                lines.append(getattr(message, "message", "") or f"{message.reason} {dict(message.metadata)}")
        fields = error_details_pb2.BadRequest()
        if detail.Unpack(fields):
            lines += [f"{field.field}: {field.description}" for field in fields.field_violations]
    return "\n".join(lines)


def main() -> None:
    if len(sys.argv) != 4 or not {"TEACHER", "POLICE"} <= os.environ.keys():
        raise SystemExit(
            "用法 usage: TEACHER=<token> POLICE=<token> report.py <reporting> <dispatch> <departments>\n"
            "地址见 make run 的输出，令牌由 kinward token 取得；make call 一并备好\n"
            "addresses as make run prints them, tokens from `kinward token`; `make call` sees to all of it"
        )
    reporting, dispatch, departments = sys.argv[1:]
    try:
        report_id, position = report(reporting)
        incident_id, position = wait_for_incident(dispatch, report_id, position)
        read(departments, incident_id, position)
    except grpc.RpcError as refused:
        raise SystemExit(explain(refused)) from None


if __name__ == "__main__":
    main()
