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
    opened bigint not null,
    urgency integer not null,
    follows text,
    joined jsonb not null
);
create index on incidents (urgency, clock_due_at, opened);
create table searches (
    incident_id text primary key,
    village_code text,
    bulletin_no text not null,
    areas jsonb not null,
    opened_at timestamptz not null,
    sightings integer not null,
    ended integer not null,
    opened bigint not null
);
create index on searches (opened);
create table evidence (
    evidence_id text primary key,
    incident_id text not null,
    village_code text,
    kind integer not null,
    sha256 text,
    holder_unit_id text not null,
    transfers integer not null,
    taken_at timestamptz not null,
    opened bigint not null
);
create index on evidence (opened);
create index on evidence (incident_id);
