create table cases (
    case_id text primary key,
    child_id text,
    village_code text,
    grounds jsonb not null,
    stage int not null,
    ruling integer not null,
    designated_name bytea,
    clocks jsonb not null,
    opened bigint not null
);
create index on cases (opened);
create table placements (
    placement_id text primary key,
    incident_id text not null,
    child_id text,
    kind integer not null,
    giver_unit_id text not null,
    taker_unit_id text,
    since timestamptz not null,
    until timestamptz,
    placed bigint not null
);
create index on placements (placed);
create table notices (
    notice_id text primary key,
    incident_id text,
    template integer not null,
    department integer not null,
    area text not null,
    sent_at timestamptz not null,
    acknowledged boolean not null,
    level integer not null,
    sent bigint not null
);
create index on notices (sent);
create index on cases (child_id);
create index on notices (incident_id);
create table relief (
    relief_id text primary key,
    child_id text,
    village_code text,
    recipient integer not null,
    kinds jsonb not null,
    stage integer not null,
    referred_at timestamptz not null,
    opened bigint not null
);
create index on relief (opened);
