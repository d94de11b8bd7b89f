create table children (
    child_id text primary key,
    village_code text not null,
    status integer not null,
    guardianship_gap boolean not null,
    name bytea,
    address bytea,
    guardians jsonb not null,
    school_stage integer not null,
    health boolean not null,
    complete boolean not null,
    key_case_id text,
    open_difficulties integer not null,
    visits integer not null,
    last_visit_at timestamptz,
    duplicate_of text
);
create index on children (village_code text_pattern_ops, child_id);
create table assessments (
    assessment_id text primary key,
    incident_id text not null,
    child_id text,
    village_code text,
    risk integer not null,
    inputs jsonb not null,
    dimensions jsonb not null,
    plan_items integer not null,
    plan_items_closed integer not null,
    opened bigint not null
);
create index on assessments (opened);
create index on assessments (incident_id);
