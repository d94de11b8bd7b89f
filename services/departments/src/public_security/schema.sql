create table incidents (
    incident_id text primary key,
    report_id text not null,
    severity integer not null,
    situations jsonb not null,
    village_code text,
    stage integer not null,
    opened_at timestamptz not null,
    child_id text,
    child_name bytea,
    place bytea,
    placement_id text,
    clocks jsonb not null,
    clock text,
    clock_due_at timestamptz,
    opened bigint not null
);
create index on incidents (severity, clock_due_at, opened);
